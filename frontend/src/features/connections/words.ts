import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/errors";
import { useErrorWords } from "@/components/error-words";
import { useLocale } from "@/lib/root";

/** Words for a code of the service; `otherwise` where it is none that is known here. */
export function useCodeWords() {
  const { t, i18n } = useTranslation("connections");
  return <T extends string | null>(
    group: "reason" | "failure" | "meta" | "need" | "policy",
    code: string,
    otherwise: T,
  ) => {
    const key = `${group}.${code}`;
    return i18n.exists(key, { ns: "connections" }) ? t(key as "title") : otherwise;
  };
}

/** Why connecting did not work, by the code of the window of the login or of the API. */
export function useFailureWords(): (code: string | null, error: unknown) => string {
  const words = useCodeWords();
  const errorWords = useErrorWords();
  return (code, error) => {
    const known = code ?? codeOf(error);
    return (known === null ? null : words("failure", known, null)) ?? errorWords(error);
  };
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof ApiProblem)) return null;
  return error.status === 404 ? "completion_spent" : error.code;
}

const DAY_MS = 86_400_000;

/** Days as the agent's language writes them, and how far off they are. */
export function useDays() {
  const locale = useLocale();
  return useMemo(() => {
    const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
    const times = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" });
    const away = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
    const list = new Intl.ListFormat(locale, { type: "conjunction" });
    return {
      day: (time: string) => days.format(new Date(time)),
      time: (time: string) => times.format(new Date(time)),
      away: (time: string, now: number) => away.format(Math.trunc((Date.parse(time) - now) / DAY_MS), "day"),
      list: (names: string[]) => list.format(names),
    };
  }, [locale]);
}
