import type { InfiniteData } from "@tanstack/react-query";
import type { Conversation, ConversationPage, Message, MessagePage } from "@/api/types";
import type { ConversationFilter } from "./keys";
import { plain } from "./plain";

export type MessagePages = InfiniteData<MessagePage, string | undefined>;
export type ConversationPages = InfiniteData<ConversationPage, string | undefined>;

/** The moment that orders a message: Meta's for what came from Meta, ours for what was sent from here. */
export function orderedAt(message: Message): string {
  const ours = message.origin === "agent" || message.origin === "automation";
  return ours ? message.created_at : (message.sent_at ?? message.created_at);
}

/** Times of one zone compare as text but for their fractions, which may have any number of digits. */
export function compareTimes(one: string, other: string): number {
  const difference = Date.parse(one) - Date.parse(other);
  if (difference !== 0) return difference;
  const [left, right] = [fraction(one), fraction(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

const fraction = (time: string): string => (/\.(\d+)/.exec(time)?.[1] ?? "").padEnd(9, "0");

/** Below 0 when `one` comes before `other` in the conversation. */
export function compareMessages(one: Message, other: Message): number {
  return (
    compareTimes(orderedAt(one), orderedAt(other)) || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)
  );
}

/** The pages (newest first) with the messages put in their places, each once. */
export function withMessages(pages: MessagePages, messages: Message[]): MessagePages {
  let changed = pages.pages;
  for (const message of messages) changed = withMessage(changed, message);
  return changed === pages.pages ? pages : { ...pages, pages: changed };
}

function withMessage(pages: MessagePage[], message: Message): MessagePage[] {
  for (const [number, page] of pages.entries()) {
    const place = page.messages.findIndex((each) => each.id === message.id);
    if (place >= 0) {
      return pages.with(number, { ...page, messages: page.messages.with(place, message) });
    }
  }
  for (const [number, page] of pages.entries()) {
    const last = page.messages.at(-1);
    const isEnd = number === pages.length - 1;
    // Older than all that was read: it comes with the page that is not read yet.
    if (!last || compareMessages(message, last) > 0 || (isEnd && page.next_cursor === null)) {
      const before = page.messages.findIndex((each) => compareMessages(message, each) > 0);
      const place = before < 0 ? page.messages.length : before;
      return pages.with(number, { ...page, messages: page.messages.toSpliced(place, 0, message) });
    }
  }
  return pages;
}

/** The same, where the message may have been changed but is not to be added. */
export function withChanged(pages: MessagePages, message: Message): MessagePages {
  const known = pages.pages.some((page) => page.messages.some((each) => each.id === message.id));
  return known ? withMessages(pages, [message]) : pages;
}

/** The list with the conversation in its place, or without it when it is none of the list's any more. */
export function withConversation(
  pages: ConversationPages,
  conversation: Conversation,
  filter: ConversationFilter,
): ConversationPages {
  const without = pages.pages.map((page) => {
    const kept = page.conversations.filter((each) => each.contact_id !== conversation.contact_id);
    return kept.length === page.conversations.length ? page : { ...page, conversations: kept };
  });
  const place = belongs(conversation, filter) ? placeOf(without, conversation) : null;
  if (place === null) return { ...pages, pages: without };
  const [number, index] = place;
  const page = without[number];
  if (page === undefined) return { ...pages, pages: without };
  const put = { ...page, conversations: page.conversations.toSpliced(index, 0, conversation) };
  return { ...pages, pages: without.with(number, put) };
}

function placeOf(pages: ConversationPage[], conversation: Conversation): [number, number] | null {
  for (const [number, page] of pages.entries()) {
    const index = page.conversations.findIndex((each) => newerThan(conversation, each));
    if (index >= 0) return [number, index];
  }
  const end = pages.at(-1);
  return end && end.next_cursor === null ? [pages.length - 1, end.conversations.length] : null;
}

/** Whether the conversation stands above the other in a list. */
export function newerThan(one: Conversation, other: Conversation): boolean {
  if (other.last_message_at === null) return true;
  if (one.last_message_at === null) return false;
  const difference = compareTimes(one.last_message_at, other.last_message_at);
  return difference === 0 ? one.contact_id > other.contact_id : difference > 0;
}

function belongs(conversation: Conversation, { q, unread }: ConversationFilter): boolean {
  if (conversation.last_message_at === null) return false;
  if (unread && conversation.unread_count === 0) return false;
  const sought = plain(q); // as the service looks for names
  const { name, username } = conversation.contact;
  return sought === "" || [name, username].some((each) => each && plain(each).includes(sought));
}
