import { createInstance, type i18n, type ResourceLanguage } from "i18next";
import { initReactI18next } from "react-i18next";
import { useEffect, useState } from "react";
import type { catalogue } from "@/locales/pt-BR";
import { keep, readKept } from "./kept";

export type Locale = "pt-BR" | "en";
/** Every text, in one language. */
export type Catalogue = typeof catalogue;

const catalogues = {
  "pt-BR": () => import("@/locales/pt-BR"),
  en: () => import("@/locales/en"),
} satisfies Record<Locale, () => Promise<{ catalogue: object }>>;

const KEPT = "meta-inbox.locale";

/** What the agent chose, else what the browser speaks. */
export function preferredLocale(): Locale {
  const kept = readKept(KEPT);
  if (kept === "pt-BR" || kept === "en") return kept;
  return navigator.languages.find((each) => /^(pt|en)/i.test(each))?.startsWith("en") ? "en" : "pt-BR";
}

export function keepLocale(locale: Locale): void {
  keep(KEPT, locale);
}

const loaded = new Map<Locale, i18n>();
const AGAIN_MS = 2000;

/** Words of our own, apart from a host's; a language is fetched when it is first spoken. */
export async function loadWords(locale: Locale): Promise<i18n> {
  const known = loaded.get(locale);
  if (known) return known;
  const { catalogue } = await catalogues[locale]();
  const words = loaded.get(locale) ?? createWords(locale, catalogue);
  loaded.set(locale, words);
  return words;
}

function createWords(locale: Locale, catalogue: ResourceLanguage): i18n {
  const words = createInstance();
  void words.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    resources: { [locale]: catalogue },
    defaultNS: "common",
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return words;
}

/** The words of this language; until they are there those of the one before, or null. */
export function useWords(locale: Locale): i18n | null {
  const [words, setWords] = useState<i18n | null>(null);
  useEffect(() => {
    let again: ReturnType<typeof setTimeout> | undefined;
    let isWanted = true;
    const load = () =>
      void loadWords(locale)
        .then((found) => isWanted && setWords(found))
        .catch(() => {
          if (isWanted) again = setTimeout(load, AGAIN_MS);
        });
    load();
    return () => {
      isWanted = false;
      clearTimeout(again);
    };
  }, [locale]);
  return loaded.get(locale) ?? words;
}
