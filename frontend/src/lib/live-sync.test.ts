import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MetaInboxClient } from "@/api/client";
import { conversationOf, messageOf } from "@/test/samples";
import { keys } from "./keys";
import { applyEvents } from "./live-cache";
import { LiveSync } from "./live-sync";
import type { ConversationPages, MessagePages } from "./pages";

let socket: { onmessage?: (message: { data: string }) => void };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal(
    "WebSocket",
    class {
      constructor() {
        socket = this as typeof socket;
      }
      close() {
        // The test ends with it.
      }
    },
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const created = {
  cursor: "2",
  type: "message.created",
  at: "",
  data: {
    message: messageOf({ id: "new", sent_at: "2026-11-28T12:05:00Z" }),
    conversation: conversationOf(),
  },
} as const;

test("an event is not undone by a list that was read before it and arrives after it", async () => {
  const cache = new QueryClient();
  const client = { liveTicket: () => Promise.resolve({ ticket: "t" }), liveAddress: () => "ws://x" };
  const live = new LiveSync(client as unknown as MetaInboxClient, cache);
  const stop = live.use();
  await vi.advanceTimersByTimeAsync(0);
  const read = cache.fetchInfiniteQuery({
    queryKey: keys.messages("a1", "c1"),
    queryFn: () =>
      new Promise((resolve) =>
        setTimeout(() => resolve({ messages: [messageOf({ id: "old" })], next_cursor: null }), 500),
      ),
    initialPageParam: undefined,
    getNextPageParam: () => undefined,
  });
  await vi.advanceTimersByTimeAsync(100);
  socket.onmessage?.({ data: JSON.stringify(created) });
  await vi.advanceTimersByTimeAsync(1000);
  await read;
  const kept = cache.getQueryData<MessagePages>(keys.messages("a1", "c1"));
  expect(kept?.pages[0]?.messages.map(({ id }) => id)).toEqual(["new", "old"]);
  stop();
});

test("a message shows in its conversation, and the conversation in the lists that it belongs to", () => {
  const cache = new QueryClient();
  const [all, unread] = [
    keys.conversations("a1", { q: "", unread: false }),
    keys.conversations("a1", { q: "", unread: true }),
  ];
  const empty = { pages: [{ conversations: [], next_cursor: null }], pageParams: [undefined] };
  for (const key of [all, unread]) cache.setQueryData(key, empty);
  applyEvents(cache, [
    { ...created, data: { ...created.data, conversation: conversationOf({ unread_count: 0 }) } },
  ]);
  const shown = (key: readonly unknown[]) =>
    cache.getQueryData<ConversationPages>(key)?.pages[0]?.conversations.length;
  expect([shown(all), shown(unread)]).toEqual([1, 0]);
});

test("what goes and comes back keeps the connection, and one that nobody uses ends", async () => {
  const client = { liveTicket: vi.fn(() => Promise.resolve({ ticket: "t" })), liveAddress: () => "ws://x" };
  const live = new LiveSync(client as unknown as MetaInboxClient, new QueryClient());
  live.use()();
  const stop = live.use();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(client.liveTicket).toHaveBeenCalledTimes(1);
  stop();
  await vi.advanceTimersByTimeAsync(10_000);
  live.use();
  await vi.advanceTimersByTimeAsync(0);
  expect(client.liveTicket).toHaveBeenCalledTimes(2);
});

test("what was read before the connection stood is read once more, and what is being read is not broken off", async () => {
  const cache = new QueryClient();
  const client = { liveTicket: () => Promise.resolve({ ticket: "t" }), liveAddress: () => "ws://x" };
  new LiveSync(client as unknown as MetaInboxClient, cache).use();
  await vi.advanceTimersByTimeAsync(0);
  const broken = vi.fn();
  const watched = (queryKey: readonly string[], takes: number) => {
    const queryFn = vi.fn(({ signal }: { signal: AbortSignal }) => {
      signal.addEventListener("abort", broken);
      return new Promise((resolve) => setTimeout(() => resolve([]), takes));
    });
    new QueryObserver(cache, { queryKey, queryFn }).subscribe(() => undefined);
    return queryFn;
  };
  const read = watched(keys.accounts, 10);
  const reading = watched(keys.messages("a1", "c1"), 500);
  const unchanging = watched(keys.capabilities, 10);
  await vi.advanceTimersByTimeAsync(100);
  socket.onmessage?.({ data: JSON.stringify({ type: "ready", cursor: "1" }) });
  await vi.advanceTimersByTimeAsync(2000);
  expect(broken).not.toHaveBeenCalled();
  expect([read, reading, unchanging].map(({ mock }) => mock.calls.length)).toEqual([2, 2, 1]);
});

test("what was read before the connection stood and is not looked at now is read when it is looked at again", async () => {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const client = { liveTicket: () => Promise.resolve({ ticket: "t" }), liveAddress: () => "ws://x" };
  new LiveSync(client as unknown as MetaInboxClient, cache).use();
  await vi.advanceTimersByTimeAsync(0);
  const queryFn = vi.fn(() => Promise.resolve([]));
  const look = () =>
    new QueryObserver(cache, { queryKey: keys.messages("a1", "c1"), queryFn }).subscribe(() => undefined);
  const leave = look();
  await vi.advanceTimersByTimeAsync(10);
  leave();
  socket.onmessage?.({ data: JSON.stringify({ type: "ready", cursor: "1" }) });
  await vi.advanceTimersByTimeAsync(10);
  expect(queryFn).toHaveBeenCalledTimes(1);
  look();
  expect(queryFn).toHaveBeenCalledTimes(2);
});

test("a deleted contact is out of every list at once, and told late the lists are asked for anew", () => {
  const cache = new QueryClient();
  const list = keys.conversations("a1", { q: "", unread: false });
  const talks = ["7001", "comments:7001", "7002"].map((contact_id) => conversationOf({ contact_id }));
  cache.setQueryData(list, { pages: [{ conversations: talks, next_cursor: null }], pageParams: [undefined] });
  cache.setQueryData(keys.messages("a1", "7001"), { pages: [], pageParams: [] });
  const deleted = { account_id: "a1", contact_id: "7001" as string | null, contact_digest: "0a" };
  const event = { cursor: "3", type: "contact.deleted", at: "", data: { deleted } } as const;
  applyEvents(cache, [event]);
  const shown = cache.getQueryData<ConversationPages>(list)?.pages[0]?.conversations;
  expect(shown?.map((each) => each.contact_id)).toEqual(["7002"]);
  expect(cache.getQueryData(keys.messages("a1", "7001"))).toBeUndefined();
  expect(cache.getQueryState(list)?.isInvalidated).toBe(false);
  applyEvents(cache, [{ ...event, data: { deleted: { ...deleted, contact_id: null } } }]);
  expect(cache.getQueryState(list)?.isInvalidated).toBe(true);
});
