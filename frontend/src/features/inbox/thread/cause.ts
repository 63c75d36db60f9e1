import type { Message } from "@/api/types";
import type { ThreadView } from "./thread-context";

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
