import { expect, test } from "vitest";
import type { Conversation } from "@/api/types";
import { conversationOf } from "@/test/samples";
import { heldInPlace, withPinned } from "./steady";

const listOf = (ids: string): Conversation[] => [...ids].map((id) => conversationOf({ contact_id: id }));
const idsOf = (list: readonly Conversation[]) => list.map(({ contact_id }) => contact_id).join("");

test("what moved up stays where it was and is counted", () => {
  const { conversations, waiting } = heldInPlace(listOf("abcd"), listOf("cabd"));
  expect(idsOf(conversations)).toBe("abcd");
  expect(waiting).toBe(1);
});

test("each is shown as it is now", () => {
  const next = listOf("ab").toReversed();
  expect(heldInPlace(listOf("ab"), next).conversations[0]).toBe(next[1]);
});

test("a new one is counted and waits", () => {
  const { conversations, waiting } = heldInPlace(listOf("abc"), listOf("xyabc"));
  expect(idsOf(conversations)).toBe("abc");
  expect(waiting).toBe(2);
});

test("older ones that were read meanwhile follow at the end", () => {
  const { conversations, waiting } = heldInPlace(listOf("abc"), listOf("cabde"));
  expect(idsOf(conversations)).toBe("abcde");
  expect(waiting).toBe(1);
});

test("what is gone is gone", () => {
  expect(idsOf(heldInPlace(listOf("abc"), listOf("ac")).conversations)).toBe("ac");
});

test("nothing waits when nothing changed", () => {
  expect(heldInPlace(listOf("abc"), listOf("abc")).waiting).toBe(0);
});

test("the open conversation keeps its place when the filter has it no more", () => {
  const [, open] = listOf("ab");
  expect(idsOf(withPinned(listOf("abc"), listOf("ac"), open ?? null))).toBe("abc");
});

test("an open conversation that was not in the list does not come into it", () => {
  expect(idsOf(withPinned(listOf("ac"), listOf("ac"), conversationOf({ contact_id: "z" })))).toBe("ac");
});
