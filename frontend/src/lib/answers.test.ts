import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test } from "vitest";
import type { Message } from "@/api/types";
import { messageOf } from "@/test/samples";
import { putAnswer } from "./answers";
import { keys } from "./keys";
import type { MessagePages } from "./pages";

let cache: QueryClient;

beforeEach(() => {
  cache = new QueryClient();
});

const ours = (status: string): Message => messageOf({ direction: "outbound", origin: "agent", status });

function knownAs(...messages: Message[]) {
  cache.setQueryData<MessagePages>(keys.messages("a1", "c1"), {
    pages: [{ messages, next_cursor: null }],
    pageParams: [undefined],
  });
}

const known = () => cache.getQueryData<MessagePages>(keys.messages("a1", "c1"))?.pages[0]?.messages;

test("a message that is not known yet is put in its place", () => {
  knownAs();
  putAnswer(cache, ours("sent"));
  expect(known()).toEqual([ours("sent")]);
});

test("an answer that comes late takes back nothing that is known since", () => {
  knownAs(ours("read"));
  putAnswer(cache, ours("sent"));
  expect(known()).toEqual([ours("read")]);
});

test("an answer goes before what was known of it", () => {
  knownAs(ours("sending"));
  putAnswer(cache, ours("sent"));
  expect(known()).toEqual([ours("sent")]);
});

test("a conversation that nobody reads is left alone", () => {
  putAnswer(cache, ours("sent"));
  expect(known()).toBeUndefined();
});
