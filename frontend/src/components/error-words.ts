import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, Unreachable } from "@/api/errors";

/** Words for whatever failed: by its code where it has one that is known here, else what the service said. */
export function useErrorWords(): (error: unknown) => string {
  const { t, i18n } = useTranslation(["common", "thread"]);
  return useCallback(
    (error) => {
      if (error instanceof Unreachable) return t("errors.unreachable");
      if (!(error instanceof ApiProblem)) return t("errors.unexpected");
      // The same code may be Meta's reason for what was sent, which is told by `causes`.
      const name = [`common:errors.${error.code}`, `thread:causes.${error.code}`].find((key) =>
        i18n.exists(key),
      );
      return name ? upper(t(name as "errors.unexpected")) : error.detail || t("errors.unexpected");
    },
    [t, i18n],
  );
}

export const upper = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);
