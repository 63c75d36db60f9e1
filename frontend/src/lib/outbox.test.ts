import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MetaInboxClient } from "@/api/client";
import { ApiProblem, Unreachable } from "@/api/errors";
import type { LiveEvent, Message, Outgoing } from "@/api/types";
import { conversationOf, messageOf } from "@/test/samples";
import { keys } from "./keys";
import { Outbox } from "./outbox";
import type { MessagePages } from "./pages";

interface Post {
  body: Outgoing;
  key: string;
  answer: (message: Message) => void;
  fail: (error: unknown) => void;
}

let posts: Post[];
let cache: QueryClient;
let outbox: Outbox;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-28T12:00:00Z") });
  posts = [];
  cache = new QueryClient();
  const send = (body: Outgoing, key: string) =>
    new Promise<Message>((answer, fail) => posts.push({ body, key, answer, fail }));
  outbox = new Outbox({ send } as unknown as MetaInboxClient, cache);
});

afterEach(() => vi.useRealTimers());

const text = (words: string, contact = "c1"): Outgoing => ({
  account_id: "a1",
  recipient_id: contact,
  message: { type: "text", text: words },
});

const ours = (over: Partial<Message> = {}): Message =>
  messageOf({
    id: "0190-9",
    direction: "outbound",
    origin: "agent",
    status: "sent",
    text: "Oi",
    created_at: "2026-11-28T12:00:01Z",
    ...over,
  });

const created = (message: Message): LiveEvent[] => [
  { cursor: "1", type: "message.created", at: "", data: { message, conversation: conversationOf() } },
];

const post = (number: number): Post => {
  const found = posts[number];
  if (!found) throw new Error(`nothing was posted as number ${String(number)}`);
  return found;
};

const shown = () => outbox.of("a1", "c1").map(({ state, shownAs }) => ({ state, shownAs }));
const settled = () => vi.advanceTimersByTimeAsync(0);
const known = () => cache.getQueryData<MessagePages>(keys.messages("a1", "c1"))?.pages[0]?.messages ?? [];

function conversationIsRead(...messages: Message[]) {
  cache.setQueryData<MessagePages>(keys.messages("a1", "c1"), {
    pages: [{ messages, next_cursor: null }],
    pageParams: [undefined],
  });
}

test("a conversation's messages are posted one after the other, in their order", async () => {
  outbox.send(text("um"));
  outbox.send(text("dois"));
  expect(posts).toHaveLength(1);
  post(0).answer(ours({ text: "um" }));
  await settled();
  expect(posts.map(({ body }) => "text" in body.message && body.message.text)).toEqual(["um", "dois"]);
});

test("conversations do not wait for one another", () => {
  outbox.send(text("um"));
  outbox.send(text("dois", "c2"));
  expect(posts).toHaveLength(2);
});

test("the answer takes its place in the conversation", async () => {
  conversationIsRead();
  outbox.send(text("Oi"));
  post(0).answer(ours());
  await settled();
  expect(outbox.of("a1", "c1")).toEqual([]);
  expect(known()).toEqual([ours()]);
});

test("while the service is away it is tried again, longer and longer, with the same key", async () => {
  outbox.send(text("Oi"));
  for (const wait of [500, 1000, 2000]) {
    const before = posts.length;
    post(before - 1).fail(new Unreachable("away"));
    await settled();
    expect(shown()).toEqual([{ state: "waiting", shownAs: null }]);
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(posts).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(posts).toHaveLength(before + 1);
  }
  expect(new Set(posts.map(({ key }) => key)).size).toBe(1);
});

test("what waits is tried at once when the service is there again", async () => {
  outbox.send(text("Oi"));
  post(0).fail(new Unreachable("away"));
  await settled();
  outbox.hurry();
  await settled();
  expect(posts).toHaveLength(2);
  expect(outbox.isBusy()).toBe(true);
});

test("a service that names a time is not asked before it", async () => {
  outbox.send(text("Oi"));
  post(0).fail(new ApiProblem(429, "rate_limited", "", 7));
  await settled();
  outbox.hurry();
  await vi.advanceTimersByTimeAsync(6999);
  expect(posts).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(posts).toHaveLength(2);
});

test("a post that is still being handled is asked for again, with its key", async () => {
  outbox.send(text("Oi"));
  post(0).fail(new ApiProblem(409, "in_flight", ""));
  await vi.advanceTimersByTimeAsync(500);
  expect(post(1).key).toBe(post(0).key);
});

test("each message has a key of its own", async () => {
  outbox.send(text("Oi"));
  outbox.send(text("Oi"));
  post(0).answer(ours());
  await settled();
  expect(post(1).key).not.toBe(post(0).key);
});

test("a refused one is kept with its reason, and the next one goes", async () => {
  const closed = new ApiProblem(409, "window_closed", "too late");
  outbox.send(text("um"));
  outbox.send(text("dois"));
  post(0).fail(closed);
  await settled();
  expect(outbox.of("a1", "c1")[0]).toMatchObject({ state: "refused", error: closed });
  expect(posts).toHaveLength(2);
});

test("a refused one is gone when it is discarded, and nothing waits", async () => {
  outbox.send(text("Oi"));
  post(0).fail(new ApiProblem(422, "text_too_long", ""));
  await settled();
  const [refused] = outbox.of("a1", "c1");
  if (refused) outbox.discard(refused);
  expect(outbox.of("a1", "c1")).toEqual([]);
  expect(outbox.isBusy()).toBe(false);
});

test("what Meta refused is a message that failed", async () => {
  conversationIsRead();
  const failed = ours({ status: "failed" });
  outbox.send(text("Oi"));
  post(0).fail(new ApiProblem(422, "refused_by_meta", "", null, { message: failed }));
  await settled();
  expect(outbox.of("a1", "c1")).toEqual([]);
  expect(known()).toEqual([failed]);
});

test("a live event before the answer stands in for what is under way", () => {
  outbox.send(text("Oi"));
  outbox.notice(created(ours({ status: "sending" })));
  expect(shown()).toEqual([{ state: "posting", shownAs: "0190-9" }]);
});

test("a live event is not taken for what has not left yet, nor for what was refused", async () => {
  outbox.send(text("Oi"));
  post(0).fail(new ApiProblem(409, "window_closed", ""));
  await settled();
  outbox.send(text("Oi"));
  outbox.send(text("Oi"));
  outbox.notice(created(ours()));
  expect(shown()).toEqual([
    { state: "refused", shownAs: null },
    { state: "posting", shownAs: "0190-9" },
    { state: "posting", shownAs: null },
  ]);
});

test.each([
  ["another kind", { type: "image" }],
  ["another text", { text: "Tchau" }],
  ["another conversation", { contact_id: "c2" }],
  ["another origin", { origin: "native_app" }],
  ["long ago", { created_at: "2026-11-28T11:00:00Z" }],
])("a live event of %s claims nothing", (_, over) => {
  outbox.send(text("Oi"));
  outbox.notice(created(ours(over)));
  expect(shown()).toEqual([{ state: "posting", shownAs: null }]);
});

test("whoever watches is told of each change", async () => {
  const tell = vi.fn();
  const stop = outbox.watch(tell);
  outbox.send(text("Oi"));
  post(0).answer(ours());
  await settled();
  stop();
  outbox.send(text("Oi"));
  expect(tell).toHaveBeenCalledTimes(2);
});
