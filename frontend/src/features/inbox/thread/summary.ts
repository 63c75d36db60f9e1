import type { Message } from "@/api/types";
import type { ThreadView } from "./thread-context";

/** A message in a line: its words, else what it is. */
export function summaryOf(message: Message, { t, say }: Pick<ThreadView, "t" | "say">): string {
  if (message.deleted_at !== null || message.type === "deleted") return t("types.deleted");
  const words = message.text?.trim();
  return words ? words : (say("types", message.type) ?? t("types.unsupported"));
}
