import { expect, test } from "vitest";
import { conversationOf } from "@/test/samples";
import { mergeLists, type ReadList } from "./merge";

const at = (minute: number) => `2026-11-28T12:${String(minute).padStart(2, "0")}:00Z`;

function list(account: string, minutes: number[], hasMore = false): ReadList {
  const conversations = minutes.map((minute) =>
    conversationOf({
      account_id: account,
      contact_id: `${account}${String(minute)}`,
      last_message_at: at(minute),
    }),
  );
  return { account, conversations, hasMore };
}

const shown = (lists: ReadList[]) => mergeLists(lists).conversations.map(({ contact_id }) => contact_id);

test("the lists are one, newest first", () => {
  expect(shown([list("a", [50, 20, 10]), list("b", [40, 30])])).toEqual(["a50", "b40", "b30", "a20", "a10"]);
});

test("nothing older than the end of a list that goes on is shown", () => {
  const lists = [list("a", [50, 30], true), list("b", [40, 20, 10])];
  expect(shown(lists)).toEqual(["a50", "b40", "a30"]);
});

test("a list of which nothing was read yet holds everything up", () => {
  expect(mergeLists([list("a", [50]), list("b", [], true)])).toEqual({ conversations: [], wanted: ["b"] });
});

test("a list that was read to its end holds nothing up", () => {
  expect(shown([list("a", [50]), list("b", []), list("c", [40])])).toEqual(["a50", "c40"]);
});

test("what holds the list up is wanted, with those that would soon", () => {
  const long = list(
    "c",
    Array.from({ length: 30 }, (_, number) => 29 - number),
    true,
  );
  expect(mergeLists([list("a", [50, 40], true), list("b", [45, 30], true), long]).wanted).toEqual(["a", "b"]);
});

test("reading on puts nothing above what was shown", () => {
  const before = [list("a", [50, 30], true), list("b", [40, 20, 10])];
  const after = [list("a", [50, 30, 25, 15]), list("b", [40, 20, 10])];
  expect(shown(after).slice(0, shown(before).length)).toEqual(shown(before));
  expect(shown(after)).toEqual(["a50", "b40", "a30", "a25", "b20", "a15", "b10"]);
});

test("times are compared as times, however exactly they are given", () => {
  const exact = {
    ...list("a", [1]),
    conversations: [conversationOf({ contact_id: "a", last_message_at: "2026-11-28T12:00:00.5Z" })],
  };
  const coarse = {
    ...list("b", [1]),
    conversations: [conversationOf({ contact_id: "b", last_message_at: "2026-11-28T12:00:00Z" })],
  };
  expect(shown([coarse, exact])).toEqual(["a", "b"]);
});

test("however the pages fall, what is shown is the beginning of the whole", () => {
  const minutes = Array.from({ length: 40 }, (_, number) => 59 - number);
  const whole = [0, 1, 2].map((rest) => minutes.filter((minute) => minute % 3 === rest));
  const all = shown(whole.map((each, number) => list("abc"[number] ?? "", each)));
  for (let seed = 1; seed < 200; seed += 1) {
    const cut = whole.map((each, number) => (seed * (number + 3) * 7) % (each.length + 1));
    const lists = whole.map((each, number) =>
      list("abc"[number] ?? "", each.slice(0, cut[number]), (cut[number] ?? 0) < each.length),
    );
    const part = shown(lists);
    expect(part).toEqual(all.slice(0, part.length));
    if (part.length < all.length) expect(mergeLists(lists).wanted).not.toEqual([]);
  }
});
