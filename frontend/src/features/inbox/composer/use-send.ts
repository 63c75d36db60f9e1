import { useCallback } from "react";
import type { Account, Conversation, Message, OutgoingContent } from "@/api/types";
import { useOutbox } from "@/lib/root";

interface Sending {
  account: Account;
  conversation: Conversation;
  replyTo: Message | null;
  /** A person answers after the window has closed. */
  asHuman: boolean;
  onSent: () => void;
}

export type Send = (contents: OutgoingContent[], split?: boolean) => void;

/** Sends at once, in order; the answer belongs to the first of several. */
export function useSend({ account, conversation, replyTo, asHuman, onSent }: Sending): Send {
  const outbox = useOutbox();
  const [account_id, recipient_id] = [account.id, conversation.contact_id];
  const answered = replyTo?.id;
  return useCallback(
    (contents, split = false) => {
      for (const [place, message] of contents.entries()) {
        outbox.send({
          account_id,
          recipient_id,
          message,
          ...(answered !== undefined && place === 0 ? { reply_to: answered } : {}),
          ...(asHuman ? { human_agent: true } : {}),
          ...(split && message.type === "text" ? { split: true } : {}),
        });
      }
      onSent();
    },
    [outbox, account_id, recipient_id, answered, asHuman, onSent],
  );
}
