import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Account } from "@/api/types";
import { Refusal } from "@/test/fake-service";
import { account, candidate, unlinked } from "./samples";
import { API, open, say, windows } from "./screen.test-kit";

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false;
  };
});
afterEach(() => sessionStorage.clear());

const found = (...candidates: object[]) => ({ "POST /oauth/completions": () => ({ candidates }) });
const connects = (...connected: object[]) => ({
  "POST /oauth/complete": () => ({ connected, refused: [] }),
});

async function begin(...given: Parameters<typeof open>) {
  const opened = windows();
  const { service, user } = await open(...given);
  await user.click(await screen.findByRole("button", { name: "Connect Instagram" }));
  const [popup] = opened;
  if (popup === undefined) throw new Error("no window was opened");
  await waitFor(() => expect(popup.location.href).toContain("/oauth/authorize"));
  return { service, user, popup, opened };
}

test("the only account is connected without a question", async () => {
  const accounts: Account[] = [];
  const complete = () => {
    accounts.push(account({}));
    return { connected: accounts, refused: [] };
  };
  const { service, popup } = await begin(accounts, {
    ...found(candidate({})),
    "POST /oauth/complete": complete,
  });
  say(popup, { type: "oauth.authorized", completion: "c-1" });
  expect(await screen.findByText("Account connected")).toBeTruthy();
  expect(service.askedOf("GET /oauth/start")[0]?.query.get("platform")).toBe("instagram");
  expect(service.askedOf("GET /oauth/start")[0]?.query.get("return_to")).toBe("/connections");
  expect(service.askedOf("POST /oauth/complete")[0]?.body).toEqual({
    completion: "c-1",
    keys: ["instagram:1784"],
  });
  expect(await screen.findByRole("heading", { name: "Casa Verde Plantas" })).toBeTruthy();
});

test("nobody but the service, from the window that was opened, is listened to", async () => {
  const { service, popup } = await begin([], { ...found(candidate({})), ...connects(account({})) });
  const forged = { type: "oauth.authorized", completion: "forged" };
  say(popup, forged, "https://evil.example");
  say(null, forged);
  say({ ...popup }, forged);
  say(popup, { ...forged, source: "something-else" });
  say(popup, { type: "oauth.authorized", completion: "c-1" });
  await screen.findByText("Account connected");
  expect(service.askedOf("POST /oauth/completions").map(({ body }) => body)).toEqual([{ completion: "c-1" }]);
});

test("of several the person chooses, and is told why the others cannot be connected", async () => {
  const other = candidate({ key: "instagram:1785", external_id: "1785", name: "Ateliê Lua" });
  const { service, user, popup } = await begin([], {
    ...found(candidate({}), other, unlinked),
    ...connects(account({})),
  });
  say(popup, { type: "oauth.authorized", completion: "c-1" });
  const dialog = within(await screen.findByRole("dialog", { name: "Choose what to connect" }));
  expect(dialog.getByText(/no professional Instagram account linked/)).toBeTruthy();
  expect(dialog.queryByRole("checkbox", { name: "Padaria Sol" })).toBeNull();
  await user.click(dialog.getByRole("checkbox", { name: "Ateliê Lua" }));
  await user.click(dialog.getByRole("button", { name: "Connect 1 account" }));
  await screen.findByText("Account connected");
  expect(service.askedOf("POST /oauth/complete")[0]?.body).toMatchObject({ keys: ["instagram:1784"] });
});

test("no raw address of Meta's pictures is in the page", async () => {
  const { popup } = await begin([], found(candidate({}), unlinked));
  say(popup, { type: "oauth.authorized", completion: "c-1" });
  await screen.findByRole("dialog");
  expect(document.body.innerHTML).not.toContain("scontent");
});

test("an account that another company has is named with what to do", async () => {
  const { popup } = await begin([], {
    ...found(candidate({})),
    "POST /oauth/complete": () => ({
      connected: [],
      refused: [{ key: "instagram:1784", code: "account_in_use", detail: "in use" }],
    }),
  });
  say(popup, { type: "oauth.authorized", completion: "c-1" });
  expect(await screen.findByText(/connected by another company/)).toBeTruthy();
  expect(screen.getByText("Nothing was connected")).toBeTruthy();
});

test("a cancelled consent is no error", async () => {
  const { popup } = await begin([]);
  say(popup, { type: "oauth.failed", code: "consent_cancelled", detail: "cancelled" });
  expect(await screen.findByText(/Everything is as it was/)).toBeTruthy();
  expect(popup.closed).toBe(true);
});

test("a failed login says why in plain words", async () => {
  const { popup } = await begin([]);
  say(popup, { type: "oauth.failed", code: "no_accounts", detail: "the login gave no Page" });
  expect(await screen.findByText(/gave access to no Page/)).toBeTruthy();
});

test("a window that seems closed is asked about, and may still answer", async () => {
  const { popup } = await begin([], { ...found(candidate({})), ...connects(account({})) });
  popup.closed = true;
  expect(await screen.findByText("Is Meta’s window still open?", {}, { timeout: 3000 })).toBeTruthy();
  say(popup, { type: "oauth.authorized", completion: "c-1" });
  expect(await screen.findByText("Account connected")).toBeTruthy();
});

test("where the window is blocked, the login can go on in this tab", async () => {
  windows(true);
  const { user } = await open([]);
  await user.click(await screen.findByRole("button", { name: "Connect Messenger" }));
  expect(await screen.findByText("The browser blocked Meta’s window")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Go on in this tab" })).toHaveProperty("disabled", false);
});

test("a login that does not begin closes its window and says so", async () => {
  const opened = windows();
  const { user } = await open([], { "GET /oauth/start": () => new Refusal(403, "origin_not_allowed") });
  await user.click(await screen.findByRole("button", { name: "Connect Instagram" }));
  expect(await screen.findByText(/This address is not allowed/)).toBeTruthy();
  expect(opened[0]?.closed).toBe(true);
});

test("what the address brought is completed here when no tab waits for it", async () => {
  const { service } = await open(
    [],
    { ...found(candidate({})), ...connects(account({})) },
    { completion: "c-9" },
  );
  expect(await screen.findByText("Account connected", {}, { timeout: 3000 })).toBeTruthy();
  expect(service.askedOf("POST /oauth/completions")[0]?.body).toEqual({ completion: "c-9" });
});

test("a completion that is spent says to begin again", async () => {
  await open([], { "POST /oauth/completions": () => new Refusal(404, "not_found") }, { completion: "old" });
  expect(await screen.findByText(/too old, was already used/, {}, { timeout: 3000 })).toBeTruthy();
});

test("reconnecting asks for the account's platform and keeps its place in the list", async () => {
  const opened = windows();
  const page = account({
    platform: "messenger",
    instagram_account_id: null,
    instagram_username: null,
    status: "reauth_required",
  });
  const again = candidate({ key: "messenger:1001", platform: "messenger", external_id: "1001" });
  const { service, user } = await open([page], {
    ...found(again, unlinked),
    ...connects({ ...page, status: "active" }),
  });
  await user.click(await screen.findByRole("button", { name: "Reconnect Casa Verde" }));
  await waitFor(() => expect(opened[0]?.location.href).toContain(API));
  expect(service.askedOf("GET /oauth/start")[0]?.query.get("platform")).toBe("messenger");
  say(opened[0] ?? null, { type: "oauth.authorized", completion: "c-1" });
  await screen.findByText("Account connected");
  expect(service.askedOf("POST /oauth/complete")[0]?.body).toMatchObject({ keys: ["messenger:1001"] });
  expect(vi.mocked(globalThis.open)).toHaveBeenCalledTimes(1);
});
