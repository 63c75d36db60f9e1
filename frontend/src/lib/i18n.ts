import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import cannedReplies from "@/locales/pt-BR/canned-replies.json";
import common from "@/locales/pt-BR/common.json";
import connections from "@/locales/pt-BR/connections.json";
import composer from "@/locales/pt-BR/composer.json";
import inbox from "@/locales/pt-BR/inbox.json";
import thread from "@/locales/pt-BR/thread.json";
import cannedRepliesEn from "@/locales/en/canned-replies.json";
import commonEn from "@/locales/en/common.json";
import connectionsEn from "@/locales/en/connections.json";
import composerEn from "@/locales/en/composer.json";
import inboxEn from "@/locales/en/inbox.json";
import threadEn from "@/locales/en/thread.json";

export type Locale = "pt-BR" | "en";

export const catalogues = {
  "pt-BR": { common, connections, inbox, thread, composer, cannedReplies },
  en: {
    common: commonEn,
    connections: connectionsEn,
    inbox: inboxEn,
    thread: threadEn,
    composer: composerEn,
    cannedReplies: cannedRepliesEn,
  },
};

const KEPT = "meta-inbox.locale";

/** What the agent chose, else what the browser speaks. */
export function preferredLocale(): Locale {
  const kept = read(KEPT);
  if (kept === "pt-BR" || kept === "en") return kept;
  return navigator.languages.find((each) => /^(pt|en)/i.test(each))?.startsWith("en") ? "en" : "pt-BR";
}

export function keepLocale(locale: Locale): void {
  try {
    localStorage.setItem(KEPT, locale);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** Words of our own, apart from a host's. */
export function createWords(locale: Locale): i18n {
  const words = createInstance();
  void words.use(initReactI18next).init({
    lng: locale,
    fallbackLng: "pt-BR",
    resources: catalogues,
    defaultNS: "common",
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return words;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
