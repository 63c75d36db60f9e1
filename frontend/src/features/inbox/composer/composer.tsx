import type { Account, Conversation, Message } from "@/api/types";

export interface ComposerProps {
  account: Account;
  conversation: Conversation;
  /** The message that is answered. */
  replyTo: Message | null;
  /** It is not answered any more: sent, or given up. */
  onReplyDone: () => void;
  /** Asked for when the account must be connected again. */
  onReconnect?: (() => void) | undefined;
}

export function Composer({ conversation }: ComposerProps) {
  return <form data-contact={conversation.contact_id} />;
}
