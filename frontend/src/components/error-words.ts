import { useTranslation } from "react-i18next";
import { ApiProblem, Unreachable } from "@/api/errors";

/** Words for whatever failed: by its code where it has one that is known here, else what the service said. */
export function useErrorWords(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return (error) => {
    if (error instanceof Unreachable) return t("errors.unreachable");
    if (!(error instanceof ApiProblem)) return t("errors.unexpected");
    const key = `errors.${error.code}`;
    return i18n.exists(key) ? t(key as "errors.unexpected") : error.detail;
  };
}
