import { useCallback } from "react";
import type { Message } from "@/api/types";
import { useView, type ThreadView } from "./thread-context";

/** Who wrote a message, as people say it. */
export function useWho(): (message: Message) => string {
  const view = useView();
  return useCallback((message: Message) => whoOf(message, view), [view]);
}

export function whoOf(message: Message, { t, name, me, platform }: ThreadView): string {
  switch (message.origin) {
    case "contact":
      return name;
    case "agent":
      if (message.sent_by === null) return t("who.agentNameless");
      return message.sent_by === me ? t("who.me") : t("who.agent", { id: message.sent_by });
    case "automation":
      return t("who.automation");
    case "native_app":
      return t(`who.${platform}`);
    default:
      return message.direction === "inbound" ? name : t("who.otherApp");
  }
}
