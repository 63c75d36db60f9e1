import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { createBrowserRouter, Navigate, RouterProvider } from "react-router";
import { createMetaInboxClient } from "@/api/client";
import { keepLocale, preferredLocale, type Locale } from "@/lib/i18n";
import { Root, type Theme } from "@/lib/root";
import { keptTheme, keepTheme, PreferencesContext } from "./preferences";
import type { Session } from "./session";
import { Shell } from "./shell";
import { SignIn } from "./sign-in";

const router = createBrowserRouter([
  {
    element: <Shell />,
    HydrateFallback: () => null, // the first screen's code is on its way
    children: [
      {
        path: "/connections",
        lazy: async () => ({ Component: (await import("./connections-route")).ConnectionsRoute }),
      },
      {
        path: "/inbox/:account?/:contact?",
        lazy: async () => ({ Component: (await import("./inbox-route")).InboxRoute }),
      },
      {
        path: "/canned-replies",
        lazy: async () => ({ Component: (await import("./canned-replies-route")).CannedRepliesRoute }),
      },
      { path: "*", element: <Navigate to="/inbox" replace /> },
    ],
  },
]);

export function App({ session }: { session: Session }) {
  const [locale, setLocale] = useState<Locale>(preferredLocale);
  const [theme, setTheme] = useState<Theme>(keptTheme);
  const isOpen = useSyncExternalStore(session.watch, session.isOpen);
  const generation = useSyncExternalStore(session.watch, session.currentGeneration);
  const client = useMemo(() => {
    void generation; // each session has a client of its own, and with it its own answers and live connection
    return createMetaInboxClient({ baseUrl: "", getToken: session.getToken });
  }, [session, generation]);
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
        {isOpen ? <RouterProvider router={router} /> : <SignIn session={session} />}
      </Root>
    </PreferencesContext>
  );
}
