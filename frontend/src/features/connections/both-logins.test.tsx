import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { Account } from "@/api/types";
import { account, candidate, me, unlinked } from "./samples";
import { open, say, windows } from "./screen.test-kit";

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false;
  };
});

const found = (...candidates: object[]) => ({ "POST /oauth/completions": () => ({ candidates }) });
const connects = (...connected: object[]) => ({
  "POST /oauth/complete": () => ({ connected, refused: [] }),
});
const both = () => ({ "GET /me": () => me(["accounts:manage", "messages:read"], ["facebook", "instagram"]) });

test("where the service has both logins, an Instagram account may log in itself", async () => {
  const opened = windows();
  const { service, user } = await open([], {
    ...both(),
    ...found(candidate({ page_name: null })),
    ...connects(account({ login: "instagram" })),
  });
  await user.click(await screen.findByRole("button", { name: "Log in with Instagram" }));
  await waitFor(() => expect(opened[0]?.location.href).toContain("/oauth/authorize"));
  const asked = service.askedOf("GET /oauth/start")[0]?.query;
  expect([asked?.get("login"), asked?.get("platform")]).toEqual(["instagram", "instagram"]);
  say(opened[0] ?? null, { type: "oauth.authorized", completion: "c-1" });
  expect(await screen.findByText("Account connected")).toBeTruthy();
});

test("a service with one login does not offer the other", async () => {
  await open([account({})]);
  await screen.findByRole("button", { name: "Connect Instagram" });
  expect(screen.queryByRole("button", { name: "Log in with Instagram" })).toBeNull();
});

test("an account is connected anew by its own login", async () => {
  windows();
  const own = account({ login: "instagram", status: "reauth_required" });
  const { service, user } = await open([own], both());
  expect(await screen.findByRole("button", { name: "Log in with Instagram" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Reconnect Casa Verde Plantas" }));
  await waitFor(() => expect(service.askedOf("GET /oauth/start")).toHaveLength(1));
  expect(service.askedOf("GET /oauth/start")[0]?.query.get("login")).toBe("instagram");
});

const reconnected = async (own: Account, ...brought: object[]) => {
  const opened = windows();
  const { service, user } = await open([own], { ...both(), ...found(...brought) });
  await user.click(await screen.findByRole("button", { name: "Reconnect Casa Verde Plantas" }));
  await waitFor(() => expect(opened[0]?.location.href).toContain("/oauth/authorize"));
  say(opened[0] ?? null, { type: "oauth.authorized", completion: "c-1" });
  return { service, dialog: within(await screen.findByRole("dialog")) };
};

test("whoever logs in with another account to reconnect one is told so, and nothing is chosen", async () => {
  const own = account({ login: "instagram", status: "reauth_required" });
  const other = candidate({ key: "instagram:1785", external_id: "1785", name: "Ateliê Lua" });
  const { service, dialog } = await reconnected(own, other);
  expect(dialog.getByText(/logged in with another account than Casa Verde Plantas/)).toBeTruthy();
  expect(dialog.getByRole("checkbox", { name: "Ateliê Lua" })).toHaveProperty("checked", false);
  expect(service.askedOf("POST /oauth/complete")).toHaveLength(0);
});

test("a Page that the login did not bring is told apart from another account", async () => {
  const own = account({ status: "reauth_required" });
  const { dialog } = await reconnected(own, unlinked);
  expect(dialog.getByText(/did not bring Casa Verde Plantas.*left unticked/)).toBeTruthy();
});
