import { expect, test } from "vitest";
import { conversationOf } from "@/test/samples";
import { closesSoon, windowAt } from "./window-state";

const NOON = Date.parse("2026-11-28T12:00:00Z");
const at = (window: Partial<ReturnType<typeof conversationOf>["window"]>) =>
  conversationOf({
    window: { open: false, closes_at: null, human_agent_until: null, reason: "expired", ...window },
  });

test("a window that was open when it was read closes by itself", () => {
  const open = at({ open: true, closes_at: "2026-11-28T12:00:00Z", reason: null });
  expect(windowAt(open, NOON - 1)).toEqual({ is: "open", until: "2026-11-28T12:00:00Z" });
  expect(windowAt(open, NOON)).toEqual({ is: "expired" });
});

test("after it a person may answer for a while", () => {
  const until = "2026-11-30T12:00:00Z";
  expect(windowAt(at({ human_agent_until: until }), NOON)).toEqual({ is: "human", until });
});

test("why it never opened is told apart from why it closed", () => {
  expect(windowAt(at({ reason: "never_opened" }), NOON).is).toBe("never");
  expect(windowAt(at({ reason: "account" }), NOON).is).toBe("account");
  expect(windowAt(conversationOf({ kind: "comments" }), NOON).is).toBe("public");
});

test("it closes soon in the last two hours", () => {
  const soon = { is: "open", until: "2026-11-28T13:30:00Z" } as const;
  expect(closesSoon(soon, NOON)).toBe(90 * 60_000);
  expect(closesSoon(soon, NOON - 3_600_000)).toBeNull();
});
