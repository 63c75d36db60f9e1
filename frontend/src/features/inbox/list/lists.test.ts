import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { applyEvents } from "@/lib/live-cache";
import { FakeInbox } from "@/test/fake-inbox";
import { accountOf, conversationOf, messageOf } from "@/test/samples";
import { ConversationLists } from "./lists";

const ALL = { q: "", unread: false };
const accounts = [accountOf({ id: "a1" }), accountOf({ id: "a2" })];

function talks(count: number) {
  return Array.from({ length: count }, (_, number) =>
    conversationOf({
      account_id: number % 2 === 0 ? "a1" : "a2",
      contact_id: `c${String(number)}`,
      last_message_at: new Date(Date.UTC(2026, 10, 28) - number * 60_000).toISOString(),
    }),
  );
}

async function read(lists: ConversationLists): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve));
  lists.shown();
}

test("what a live event says nothing of is the same object as before", async () => {
  const cache = new QueryClient();
  const lists = new ConversationLists(new FakeInbox(accounts, talks(60)).client, cache);
  lists.show(["a1", "a2"], ALL);
  lists.watch(() => undefined);
  await read(lists);
  const before = lists.shown().conversations;
  const moved = { ...conversationOf(before[30]), last_message_at: "2026-11-28T12:00:00.000Z" };
  const message = messageOf({ account_id: moved.account_id, contact_id: moved.contact_id });
  const data = { message, conversation: moved };
  applyEvents(cache, [{ cursor: "1", type: "message.created", at: "", data }]);
  const after = lists.shown().conversations;
  expect(after[0]).toBe(moved);
  expect(after.slice(1)).toEqual(before.filter((_, place) => place !== 30));
  expect(after.slice(1).every((each) => before.includes(each))).toBe(true);
});

test("it is read on where something is missing, and to the end", async () => {
  const service = new FakeInbox(accounts, talks(50), 10);
  const lists = new ConversationLists(service.client, new QueryClient());
  lists.show(["a1", "a2"], ALL);
  lists.watch(() => undefined);
  await read(lists);
  expect(lists.shown().conversations.length).toBeLessThan(25);
  for (let turn = 0; turn < 6; turn += 1) {
    lists.more();
    await read(lists);
  }
  const { conversations, hasMore } = lists.shown();
  expect(conversations.map(({ contact_id }) => contact_id)).toEqual(
    talks(50).map(({ contact_id }) => contact_id),
  );
  expect(hasMore).toBe(false);
  expect(service.count("GET /conversations/a1")).toBe(3);
});

test("an account that goes takes its conversations with it", async () => {
  const lists = new ConversationLists(new FakeInbox(accounts, talks(10)).client, new QueryClient());
  lists.show(["a1", "a2"], ALL);
  const stop = lists.watch(() => undefined);
  await read(lists);
  lists.show(["a2"], ALL);
  expect(new Set(lists.shown().conversations.map(({ account_id }) => account_id))).toEqual(new Set(["a2"]));
  stop();
});
