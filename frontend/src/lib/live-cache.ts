import { notifyManager, type QueryClient } from "@tanstack/react-query";
import type { Account, Conversation, LiveEvent, Message } from "@/api/types";
import { keys, type ConversationFilter } from "./keys";
import {
  withChanged,
  withConversation,
  withMessages,
  type ConversationPages,
  type MessagePages,
} from "./pages";

/** Brings what is kept of the service's answers up to what the live connection told. */
export function applyEvents(cache: QueryClient, events: LiveEvent[]): void {
  // Screens are told once of all of them.
  notifyManager.batch(() => {
    for (const event of events) apply(cache, event);
  });
}

function apply(cache: QueryClient, event: LiveEvent): void {
  switch (event.type) {
    case "message.created":
      putMessages(cache, [event.data.message]);
      putConversation(cache, event.data.conversation);
      break;
    case "message.updated":
      putChanged(cache, event.data.message);
      break;
    case "conversation.updated":
      putConversation(cache, event.data.conversation);
      break;
    case "contact.updated":
      changeContact(cache, event.data.contact);
      break;
    case "contact.deleted":
      forgetContact(cache, event.data.deleted);
      break;
    case "account.updated":
      putAccount(cache, event.data.account);
      break;
  }
}

/** Messages that came by whichever way: an answer of the service, or the live connection. */
export function putMessages(cache: QueryClient, messages: Message[]): void {
  for (const message of messages) {
    const key = keys.messages(message.account_id, message.contact_id);
    cache.setQueryData<MessagePages>(key, (pages) => pages && withMessages(pages, [message]));
  }
}

function putChanged(cache: QueryClient, message: Message): void {
  const key = keys.messages(message.account_id, message.contact_id);
  cache.setQueryData<MessagePages>(key, (pages) => pages && withChanged(pages, message));
  const showLast = (conversation: Conversation): Conversation =>
    conversation.last_message?.id === message.id ? { ...conversation, last_message: message } : conversation;
  changeConversation(cache, message.account_id, message.contact_id, showLast);
}

/** Puts the conversation into each list that is open and that it belongs to. */
export function putConversation(cache: QueryClient, conversation: Conversation): void {
  cache.setQueryData(keys.conversation(conversation.account_id, conversation.contact_id), conversation);
  const lists = cache.getQueriesData<ConversationPages>({
    queryKey: keys.conversationsOf(conversation.account_id),
  });
  for (const [key, pages] of lists) {
    if (pages) cache.setQueryData(key, withConversation(pages, conversation, key[2] as ConversationFilter));
  }
}

function changeContact(
  cache: QueryClient,
  told: Conversation["contact"] & { account_id: string; contact_id: string },
) {
  const { account_id: account, contact_id: id, ...contact } = told;
  changeConversation(cache, account, id, (conversation) => ({ ...conversation, contact }));
}

/** Told late, nobody knows the id any more: then whatever is shown is asked for anew. */
function forgetContact(
  cache: QueryClient,
  { account_id: account, contact_id: contact }: { account_id: string; contact_id: string | null },
): void {
  const gone = contact === null ? [] : [contact, `comments:${contact}`];
  cache.setQueriesData<ConversationPages>({ queryKey: keys.conversationsOf(account) }, (pages) => {
    if (!pages) return pages;
    const left = pages.pages.map((page) => ({
      ...page,
      conversations: page.conversations.filter((each) => !gone.includes(each.contact_id)),
    }));
    return { ...pages, pages: left };
  });
  for (const id of gone) {
    // Screens that show them ask again, and are told that there is nothing.
    void cache.resetQueries({ queryKey: keys.messages(account, id) });
    void cache.resetQueries({ queryKey: keys.conversation(account, id) });
  }
  if (contact === null) void cache.invalidateQueries({ queryKey: keys.conversationsOf(account) });
}

function changeConversation(
  cache: QueryClient,
  account: string,
  contact: string,
  change: (conversation: Conversation) => Conversation,
): void {
  cache.setQueryData<Conversation>(keys.conversation(account, contact), (one) => one && change(one));
  cache.setQueriesData<ConversationPages>({ queryKey: keys.conversationsOf(account) }, (pages) => {
    if (!pages?.pages.some((page) => page.conversations.some((each) => each.contact_id === contact)))
      return pages;
    const changed = pages.pages.map((page) => ({
      ...page,
      conversations: page.conversations.map((each) => (each.contact_id === contact ? change(each) : each)),
    }));
    return { ...pages, pages: changed };
  });
}

function putAccount(cache: QueryClient, account: Account): void {
  cache.setQueryData<Account[]>(keys.accounts, (accounts) => {
    if (!accounts) return accounts;
    const place = accounts.findIndex((each) => each.id === account.id);
    return place < 0 ? [...accounts, account] : accounts.with(place, account);
  });
  // What the event does not tell: how far its history is read back, and what the checks say now.
  void cache.invalidateQueries({ queryKey: keys.account(account.id) });
  void cache.invalidateQueries({ queryKey: keys.health(account.id) });
}
