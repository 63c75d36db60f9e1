/** The names of what is kept of the service's answers. */
export const keys = {
  me: ["me"],
  accounts: ["accounts"],
  capabilities: ["capabilities"],
  cannedReplies: ["canned-replies"],
  account: (account: string) => ["account", account],
  health: (account: string) => ["health", account],
  conversations: (account: string, filter: ConversationFilter) => ["conversations", account, filter],
  conversationsOf: (account: string) => ["conversations", account],
  allConversations: ["conversations"],
  conversation: (account: string, contact: string) => ["conversation", account, contact],
  messages: (account: string, contact: string) => ["messages", account, contact],
} as const;

/** `q`: a part of the contact's name or username. */
export interface ConversationFilter {
  q: string;
  unread: boolean;
}
