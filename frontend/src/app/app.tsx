import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { createMetaInboxClient } from "@/api/client";
import { keepLocale, preferredLocale, type Locale } from "@/lib/i18n";
import { Root, type Theme } from "@/lib/root";
import { mount } from "./mount";
import { keptTheme, keepTheme, PreferencesContext } from "./preferences";
import { AppRoutes } from "./routes";
import type { Session } from "./session";
import { SignIn } from "./sign-in";

export function App({ session }: { session: Session }) {
  const [locale, setLocale] = useState<Locale>(preferredLocale);
  const [theme, setTheme] = useState<Theme>(keptTheme);
  const isOpen = useSyncExternalStore(session.watch, session.isOpen);
  const generation = useSyncExternalStore(session.watch, session.currentGeneration);
  const client = useMemo(() => {
    void generation; // each session has a client of its own, and with it its own answers and live connection
    return createMetaInboxClient({ baseUrl: mount, getToken: session.getToken });
  }, [session, generation]);
  useEffect(() => session.followAddress(), [session]);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  useEffect(() => {
    document.documentElement.style.colorScheme = theme === "system" ? "light dark" : theme;
  }, [theme]);
  const preferences = useMemo(
    () => ({
      locale,
      theme,
      setLocale: (chosen: Locale) => {
        keepLocale(chosen);
        setLocale(chosen);
      },
      setTheme: (chosen: Theme) => {
        keepTheme(chosen);
        setTheme(chosen);
      },
      signOut: () => session.close(),
    }),
    [locale, theme, session],
  );
  return (
    <PreferencesContext value={preferences}>
      <Root client={client} locale={locale} theme={theme} fill live={isOpen}>
        {isOpen ? <AppRoutes /> : <SignIn session={session} />}
      </Root>
    </PreferencesContext>
  );
}
