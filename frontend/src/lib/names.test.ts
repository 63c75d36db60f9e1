import { expect, test } from "vitest";
import { accountOf } from "@/test/samples";
import { accountName, contactName } from "./names";

test("an account is called as its platform calls it", () => {
  const names = { instagram_name: "Casa Verde", facebook_page_name: "Casa Verde Plantas" };
  expect(accountName(accountOf({ ...names, platform: "instagram" }))).toBe("Casa Verde");
  expect(accountName(accountOf({ ...names, platform: "messenger" }))).toBe("Casa Verde Plantas");
});

test("whose name is not known has a handle, and else an id", () => {
  const nameless = { instagram_name: null, facebook_page_name: null };
  expect(accountName(accountOf({ ...nameless, instagram_username: "casaverde" }))).toBe("@casaverde");
  expect(accountName(accountOf({ ...nameless, instagram_username: null }))).toBe("178414");
  expect(contactName({ name: null, username: "marina" })).toBe("@marina");
  expect(contactName({ name: null, username: null })).toBeNull();
});
