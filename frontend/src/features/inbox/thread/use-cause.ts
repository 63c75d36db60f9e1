import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, Unreachable } from "@/api/errors";
import type { Message } from "@/api/types";
import type { ThreadView } from "./thread-context";

/** Words for whatever a request failed of. */
export function useCause(): (error: unknown) => string {
  const { t, i18n } = useTranslation(["thread", "common"]);
  return useCallback(
    (error) => {
      if (error instanceof Unreachable) return t("common:errors.unreachable");
      if (!(error instanceof ApiProblem)) return t("common:errors.unexpected");
      const name = [`thread:causes.${error.code}`, `common:errors.${error.code}`].find((key) =>
        i18n.exists(key),
      );
      return name ? t(name as "common:errors.unexpected") : error.detail || t("common:errors.unexpected");
    },
    [t, i18n],
  );
}

type SendError = NonNullable<Message["error"]>;

/** Why a message was not sent, in plain words: by Meta's own code where it says more than ours. */
export function causeOf(error: SendError, { say, t }: Pick<ThreadView, "say" | "t">): string {
  const byMeta = error.meta_subcode ?? error.meta_code;
  return (
    (byMeta === null ? null : say("subcauses", String(byMeta))) ??
    say("causes", error.code) ??
    t("failed.other", { detail: error.detail })
  );
}
