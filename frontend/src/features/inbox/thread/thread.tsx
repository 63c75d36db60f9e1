import type { Account, Conversation, Message } from "@/api/types";

export interface ThreadProps {
  account: Account;
  conversation: Conversation;
  /** The agent wants to answer this message. */
  onReply: (message: Message) => void;
}

export function Thread({ conversation }: ThreadProps) {
  return <section data-contact={conversation.contact_id} />;
}
