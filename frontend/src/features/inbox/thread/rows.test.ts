import { expect, test } from "vitest";
import type { MessagePage } from "@/api/types";
import type { Pending } from "@/lib/outbox";
import { messageOf } from "@/test/samples";
import { countAfter, inOrder, keyOf, lastSeen, messageIn, nextShown, withPending, type Row } from "./rows";

const page = (...ids: string[]): MessagePage => ({
  messages: ids.map((id) => messageOf({ id })),
  next_cursor: null,
});
const rows = (...ids: string[]): Row[] => ids.map((id) => messageOf({ id }));
const waiting = (over: Partial<Pending> = {}): Pending => ({
  key: "k1",
  body: { account_id: "a1", recipient_id: "c1", message: { type: "text", text: "Oi" } },
  startedAt: "2026-11-28T12:00:00Z",
  state: "posting",
  error: null,
  shownAs: null,
  ...over,
});

test("pages that are kept newest first are read oldest first", () => {
  expect(inOrder([page("6", "5"), page("4", "3")]).map(({ id }) => id)).toEqual(["3", "4", "5", "6"]);
});

test("a message is found in whichever page it is", () => {
  const pages = [page("6", "5"), page("4", "3")];
  expect(messageIn(pages, "3")?.id).toBe("3");
  expect(messageIn(pages, "9")).toBeUndefined();
});

test("what is sent stands once: as what waits, or as the message that it became", () => {
  const messages = [messageOf({ id: "1" })];
  const known = (id: string) => id === "1";
  expect(withPending(messages, [waiting()], known).map(keyOf)).toEqual(["1", "k1"]);
  expect(withPending(messages, [waiting({ shownAs: "1" })], known).map(keyOf)).toEqual(["1"]);
  expect(withPending(messages, [waiting({ shownAs: "2" })], known).map(keyOf)).toEqual(["1", "k1"]);
});

test("rows that grow at both ends at once are shown in two steps, each at one end", () => {
  const before = { rows: rows("3", "4"), source: [], shift: false };
  const source = rows("1", "2", "3", "4", "5");
  const half = nextShown(before, source);
  expect(half.rows.map(keyOf)).toEqual(["1", "2", "3", "4"]);
  expect(half.shift).toBe(true);
  const whole = nextShown(half, source);
  expect(whole.rows.map(keyOf)).toEqual(["1", "2", "3", "4", "5"]);
  expect(whole.shift).toBe(false);
});

test("rows that grow at the top alone keep what is seen in its place", () => {
  const shown = nextShown({ rows: rows("3"), source: [], shift: false }, rows("1", "2", "3"));
  expect(shown).toMatchObject({ shift: true, rows: { length: 3 } });
});

test("what is read anew from its beginning is shown as it is", () => {
  const shown = nextShown({ rows: rows("1", "2"), source: [], shift: false }, rows("8", "9"));
  expect(shown).toMatchObject({ shift: false, rows: { length: 2 } });
});

test("the news behind a row are counted, but not what waits to be sent", () => {
  expect(countAfter([...rows("1", "2", "3"), waiting()], "1")).toBe(2);
  expect(countAfter(rows("1"), "1")).toBe(0);
});

test("only the last that was seen says so", () => {
  const read = (id: string) => messageOf({ id, direction: "outbound", origin: "agent", status: "read" });
  const sent = messageOf({ id: "3", direction: "outbound", origin: "agent", status: "sent" });
  expect(lastSeen([read("1"), read("2"), sent, messageOf({ id: "4" })])).toBe("2");
  expect(lastSeen([sent])).toBeNull();
});
