import { expect, test } from "vitest";
import { nextLook, phaseAt } from "./phase";

const at = (time: string) => Date.parse(`2026-11-28T${time}Z`);
const active = { status: "active" };
const window = {
  open: true,
  closes_at: "2026-11-28T12:00:00Z",
  human_agent_until: "2026-11-28T18:00:00Z",
  reason: null,
};

test("it is open until it closes, to the millisecond", () => {
  expect(phaseAt(window, active, at("11:59:59.999"))).toMatchObject({ kind: "open", until: at("12:00:00") });
  expect(phaseAt(window, active, at("12:00:00"))).toEqual({ kind: "human", until: at("18:00:00") });
});

test("after the human agent's time nothing is sent", () => {
  expect(phaseAt(window, active, at("18:00:00"))).toMatchObject({ kind: "closed", reason: "expired" });
});

test("what the service said to be closed opens only by what it tells", () => {
  const closed = { ...window, open: false, reason: "expired" as const };
  expect(phaseAt(closed, active, at("13:00:00")).kind).toBe("human");
  expect(phaseAt(closed, active, at("11:00:00")).kind).toBe("human"); // by a clock that is slow
});

test("somebody who never wrote is not written to", () => {
  const never = { open: false, closes_at: null, human_agent_until: null, reason: "never_opened" as const };
  expect(phaseAt(never, active, at("10:00:00"))).toMatchObject({ kind: "closed", reason: "never_opened" });
});

test.each(["reauth_required", "disconnected"])("an account that is %s closes it", (status) => {
  expect(phaseAt(window, { status }, at("10:00:00"))).toMatchObject({ kind: "account", reason: status });
});

test("an account that Meta blocked closes it", () => {
  const blocked = { ...window, open: false, reason: "account" as const };
  expect(phaseAt(blocked, active, at("10:00:00"))).toMatchObject({ kind: "account", reason: "blocked" });
});

test.each([
  ["hours before", 3 * 3_600_000, 30_000],
  ["just before the last minutes", 310_000, 10_000],
  ["in the last minutes", 299_400, 400],
  ["on a whole second", 60_000, 1000],
  ["at the very end", 250, 250],
])("%s it is looked at again when what is shown changes", (_, left, wait) => {
  expect(nextLook(at("12:00:00") + left, at("12:00:00"))).toBe(wait);
});

test("what has no end, and what is over, is not looked at again", () => {
  expect(nextLook(null, at("12:00:00"))).toBeNull();
  expect(nextLook(at("12:00:00"), at("12:00:00"))).toBeNull();
});
