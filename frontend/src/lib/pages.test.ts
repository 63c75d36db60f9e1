import { describe, expect, test } from "vitest";
import type { Conversation, Message } from "@/api/types";
import { conversationOf, messageOf } from "@/test/samples";
import {
  compareTimes,
  withChanged,
  withConversation,
  withMessages,
  type ConversationPages,
  type MessagePages,
} from "./pages";

const at = (minute: number) => `2026-11-28T12:${String(minute).padStart(2, "0")}:00Z`;
const wrote = (id: string, minute: number, over: Partial<Message> = {}) =>
  messageOf({ id, sent_at: at(minute), ...over });
const talk = (contact_id: string, minute: number, over: Partial<Conversation> = {}) =>
  conversationOf({ contact_id, last_message_at: at(minute), ...over });

function messagePages(...pages: Message[][]): MessagePages {
  const made = pages.map((messages, number) => ({
    messages,
    next_cursor: number === pages.length - 1 ? "more" : String(number),
  }));
  return { pages: made, pageParams: made.map(() => undefined) };
}

const ids = (pages: MessagePages) => pages.pages.map((page) => page.messages.map(({ id }) => id).join(""));
const contacts = (pages: ConversationPages) =>
  pages.pages.map((page) => page.conversations.map((c) => c.contact_id).join(""));

describe("messages", () => {
  test("a new one stands first", () => {
    expect(ids(withMessages(messagePages([wrote("b", 2), wrote("a", 1)]), [wrote("c", 3)]))).toEqual(["cba"]);
  });

  test("one that comes late stands where it was written", () => {
    const pages = messagePages([wrote("e", 5), wrote("d", 4)], [wrote("b", 2), wrote("a", 1)]);
    expect(ids(withMessages(pages, [wrote("c", 3)]))).toEqual(["ed", "cba"]);
  });

  test("the same one twice is shown once, as it is now", () => {
    const pages = withMessages(messagePages([wrote("a", 1)]), [wrote("a", 1, { text: "mudou" })]);
    expect(ids(pages)).toEqual(["a"]);
    expect(pages.pages[0]?.messages[0]?.text).toBe("mudou");
  });

  test("one older than all that was read waits for its page", () => {
    const pages = messagePages([wrote("c", 3), wrote("b", 2)]);
    expect(withMessages(pages, [wrote("a", 1)])).toBe(pages);
  });

  test("an own one keeps its place when Meta's time comes", () => {
    const own = (sent_at: string | null) =>
      wrote("b", 0, { origin: "agent", direction: "outbound", created_at: at(2), sent_at });
    const pages = withMessages(messagePages([wrote("c", 3), own(null), wrote("a", 1)]), [own(at(9))]);
    expect(ids(pages)).toEqual(["cba"]);
  });

  test("a change of a message that is not shown adds nothing", () => {
    const pages = messagePages([wrote("a", 1)]);
    expect(withChanged(pages, wrote("z", 9))).toBe(pages);
  });

  test("times compare by their fractions too", () => {
    expect(compareTimes("2026-11-28T12:00:00.0001Z", "2026-11-28T12:00:00.00009Z")).toBeGreaterThan(0);
    expect(compareTimes("2026-11-28T12:00:00Z", "2026-11-28T12:00:00.000001Z")).toBeLessThan(0);
  });
});

describe("conversations", () => {
  const pages: ConversationPages = {
    pages: [{ conversations: [talk("c", 3), talk("b", 2), talk("a", 1)], next_cursor: "more" }],
    pageParams: [undefined],
  };
  const all = { q: "", unread: false };

  test("one that is written in moves up", () => {
    expect(contacts(withConversation(pages, talk("a", 4), all))).toEqual(["acb"]);
  });

  test("one that was read leaves the unread ones", () => {
    const unread = withConversation(pages, talk("b", 2, { unread_count: 0 }), { q: "", unread: true });
    expect(contacts(unread)).toEqual(["ca"]);
  });

  test("one of another name does not enter a search", () => {
    expect(contacts(withConversation(pages, talk("d", 5), { q: "joão", unread: false }))).toEqual(["cba"]);
    expect(contacts(withConversation(pages, talk("d", 5), { q: "MARÍ", unread: false }))).toEqual(["dcba"]);
  });

  test("one older than all that was read waits for its page", () => {
    expect(contacts(withConversation(pages, talk("z", 0), all))).toEqual(["cba"]);
  });
});
