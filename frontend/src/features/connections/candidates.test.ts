import { expect, test } from "vitest";
import { planOf, withAccounts } from "./candidates";
import { account, candidate, unlinked } from "./samples";

const NOW = Date.parse("2026-11-28T12:00:00Z");
const other = candidate({ key: "instagram:1785", external_id: "1785" });

test("the only candidate is connected without a question", () => {
  expect(planOf([candidate({})], [], null, NOW)).toEqual({
    keys: ["instagram:1784"],
    direct: true,
    lacks: null,
  });
});

test("where something cannot be connected, the person is shown why", () => {
  expect(planOf([candidate({}), unlinked], [], null, NOW)).toEqual({
    keys: ["instagram:1784"],
    direct: false,
    lacks: null,
  });
});

test("what is connected and well is not ticked beside something new", () => {
  expect(planOf([candidate({}), other], [account({})], null, NOW).keys).toEqual(["instagram:1785"]);
});

test("reconnecting takes the account itself, and others in need along", () => {
  const target = account({ status: "reauth_required" });
  const needy = account({ id: "acc-2", instagram_account_id: "1785", status: "expiring" });
  expect(planOf([other, candidate({}), unlinked], [target, needy], target, NOW)).toEqual({
    keys: ["instagram:1784", "instagram:1785"],
    direct: true,
    lacks: null,
  });
});

test("reconnecting an account that the login did not give asks first", () => {
  const target = account({ status: "reauth_required" });
  expect(planOf([other], [target], target, NOW)).toEqual({ keys: [], direct: false, lacks: target });
});

test("a Page is not taken for the Instagram account of the same number", () => {
  const page = candidate({ key: "messenger:1784", platform: "messenger" });
  expect(planOf([page, other], [account({})], null, NOW).keys).toEqual(["messenger:1784", "instagram:1785"]);
});

test("an account that is connected again takes its former place", () => {
  const before = [account({ status: "disconnected" }), account({ id: "acc-2" })];
  const after = withAccounts(before, [account({}), account({ id: "acc-3" })]);
  expect(after.map(({ id, status }) => [id, status])).toEqual([
    ["acc-1", "active"],
    ["acc-2", "active"],
    ["acc-3", "active"],
  ]);
});
