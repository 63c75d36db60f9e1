import { createContext, useContext } from "react";
import { keep, readKept } from "@/lib/kept";
import type { Locale } from "@/lib/i18n";
import type { Theme } from "@/lib/root";

export interface Preferences {
  locale: Locale;
  theme: Theme;
  setLocale: (locale: Locale) => void;
  setTheme: (theme: Theme) => void;
  signOut: () => void;
}

export const PreferencesContext = createContext<Preferences | null>(null);

export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext);
  if (preferences === null) throw new Error("this component stands inside the app");
  return preferences;
}

const KEPT = "meta-inbox.theme";

export function keptTheme(): Theme {
  const kept = readKept(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function keepTheme(theme: Theme): void {
  keep(KEPT, theme);
}
