import { expect, test } from "vitest";
import { accountName } from "@/lib/names";
import { accessEnd, inOrderOfNeed, standingOf } from "./account-status";
import { account } from "./samples";

const NOW = Date.parse("2026-11-28T12:00:00Z");

test("an access that ends in under seven days expires soon", () => {
  expect(standingOf(account({ token_expires_at: "2026-12-05T11:59:59Z" }), NOW)).toBe("expiring");
  expect(standingOf(account({ token_expires_at: "2026-12-05T12:00:00Z" }), NOW)).toBe("active");
});

test("data access is warned of a week earlier", () => {
  expect(standingOf(account({ data_access_expires_at: "2026-12-12T11:59:59Z" }), NOW)).toBe("expiring");
  expect(standingOf(account({ data_access_expires_at: "2026-12-12T12:00:00Z" }), NOW)).toBe("active");
});

test("what is disconnected or needs a login does not merely expire", () => {
  const ends = { token_expires_at: "2026-11-29T12:00:00Z" };
  expect(standingOf(account({ ...ends, status: "disconnected" }), NOW)).toBe("disconnected");
  expect(standingOf(account({ ...ends, status: "reauth_required" }), NOW)).toBe("reauth_required");
});

test("the earlier of Meta's two ends counts", () => {
  const both = { token_expires_at: "2027-01-02T00:00:00Z", data_access_expires_at: "2027-01-01T00:00:00Z" };
  expect(accessEnd(account(both))).toBe("2027-01-01T00:00:00Z");
  expect(accessEnd(account({ token_expires_at: null, data_access_expires_at: null }))).toBeNull();
});

test("those that need somebody stand first and the disconnected last", () => {
  const accounts = ["disconnected", "active", "expiring", "reauth_required", "active"].map((status, place) =>
    account({ id: `${status}-${String(place)}`, status }),
  );
  expect(inOrderOfNeed(accounts, NOW).map(({ id }) => id)).toEqual([
    "reauth_required-3",
    "expiring-2",
    "active-1",
    "active-4",
    "disconnected-0",
  ]);
});

test("an account is called by its name, else its handle, else its Page", () => {
  expect(accountName(account({}))).toBe("Casa Verde Plantas");
  expect(accountName(account({ instagram_name: null }))).toBe("@casaverde");
  expect(accountName(account({ platform: "messenger" }))).toBe("Casa Verde");
});
