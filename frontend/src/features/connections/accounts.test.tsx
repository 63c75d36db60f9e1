import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { Refusal } from "@/test/fake-service";
import { account, me } from "./samples";
import { open } from "./screen.test-kit";

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false;
  };
});

const card = async (name: string) => within(await screen.findByRole("article", { name }));
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000 + 3_600_000).toISOString();

test("an account is shown with its names, Page, platform and dates", async () => {
  await open([account({ data_access_expires_at: "2030-02-26T12:00:00Z" })]);
  const shown = await card("Casa Verde Plantas");
  for (const words of ["@casaverde", "Instagram", "Casa Verde", "Nov 1, 2026", "Feb 26, 2030", "Active"]) {
    expect(shown.getByText(words)).toBeTruthy();
  }
});

test("an access about to end is told with the day, and a way to renew it", async () => {
  await open([account({ token_expires_at: inDays(3) })]);
  const shown = await card("Casa Verde Plantas");
  expect(shown.getByText("Expires soon")).toBeTruthy();
  expect(shown.getByText(/Access ends in 3 days/)).toBeTruthy();
  expect(shown.getByRole("button", { name: "Reconnect Casa Verde Plantas" })).toBeTruthy();
});

test("a dead access is explained by its cause and by what Meta itself says", async () => {
  const reason = {
    code: "reauth_required",
    detail: "Error validating access token",
    meta_code: 190,
    meta_subcode: 460,
    fbtrace_id: "Ab1",
    at: "2026-11-27T12:00:00Z",
    user_title: "Log in again",
    user_message: "Your password changed.",
  };
  await open([account({ status: "reauth_required", status_reason: reason })]);
  const shown = await card("Casa Verde Plantas");
  expect(shown.getByText("Reconnect", { selector: "span" })).toBeTruthy();
  expect(shown.getByText(/password of whoever connected it changed/)).toBeTruthy();
  expect(shown.getByText("Log in again: Your password changed.")).toBeTruthy();
  expect(shown.getByText(/190\/460.*Ab1/)).toBeTruthy();
});

test("a block by Meta's policy is shown with its reason", async () => {
  const policy = { action: "block", reason: "Spam", at: "2026-11-27T12:00:00Z" };
  await open([account({ policy })]);
  const shown = await card("Casa Verde Plantas");
  expect(shown.getByText("Meta has blocked this account from sending.")).toBeTruthy();
  expect(shown.getByText("Reason given: Spam")).toBeTruthy();
});

test("disconnecting says what is kept, and asks the service only then", async () => {
  const accounts = [account({})];
  const { service, user } = await open(accounts, {
    "DELETE /accounts/acc-1": () => {
      accounts[0] = account({ status: "disconnected" });
    },
  });
  await user.click(await screen.findByRole("button", { name: "More actions for Casa Verde Plantas" }));
  await user.click(await screen.findByRole("menuitem", { name: "Disconnect" }));
  const dialog = within(screen.getByRole("dialog", { name: "Disconnect Casa Verde Plantas?" }));
  expect(dialog.getByText(/All conversations, messages and files stay/)).toBeTruthy();
  expect(service.askedOf("DELETE /accounts/acc-1")).toHaveLength(0);
  await user.click(dialog.getByRole("button", { name: "Disconnect" }));
  expect(await screen.findByText(/was disconnected\. The history stays here/)).toBeTruthy();
  const shown = await card("Casa Verde Plantas");
  expect(shown.getByRole("button", { name: "Connect again: Casa Verde Plantas" })).toBeTruthy();
});

test("a disconnection that fails is said in the dialog, which stays", async () => {
  const { user } = await open([account({})], {
    "DELETE /accounts/acc-1": () => new Refusal(503, "unavailable", "no database"),
  });
  await user.click(await screen.findByRole("button", { name: /^More actions/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Disconnect" }));
  const dialog = within(screen.getByRole("dialog"));
  await user.click(dialog.getByRole("button", { name: "Disconnect" }));
  expect((await dialog.findByRole("alert")).textContent).toBe(
    "Something the service depends on did not answer.",
  );
});

test("the check of a connection names each point, and the way to mend what is wrong", async () => {
  const { user } = await open([account({})], {
    "GET /accounts/acc-1/health": () => ({
      checks: [
        { name: "status", ok: true, detail: "the account is active", fix: null },
        { name: "webhooks", ok: false, detail: "the Page sends us nothing", fix: "Connect again." },
        { name: "new_check", ok: false, detail: "something new", fix: "Do this." },
      ],
    }),
  });
  const button = await screen.findByRole("button", { name: "Check connection" });
  await user.click(button);
  expect(button.getAttribute("aria-expanded")).toBe("true");
  expect(await screen.findByText("2 points need attention.")).toBeTruthy();
  const panel = within(screen.getByRole("region", { name: "Check of Casa Verde Plantas" }));
  expect(panel.getByText("The account is active.")).toBeTruthy();
  expect(panel.getByText(/Reconnect the account: that switches delivery on again/)).toBeTruthy();
  expect(panel.getByText("something new")).toBeTruthy();
  expect(panel.getByText("Do this.")).toBeTruthy();
});

test("an import under way shows how far it is", async () => {
  const history = {
    state: "running",
    kind: "import",
    conversations: 1200,
    messages: 1,
    started_at: "2026-11-28T12:00:00Z",
    finished_at: null,
    problem: null,
  };
  await open([account({})], { "GET /accounts/acc-1": () => ({ ...account({}), history }) });
  const bar = await screen.findByRole("progressbar", { name: "Bringing in the earlier conversations…" });
  expect(bar.getAttribute("aria-valuetext")).toBe("1,200 conversations · 1 message");
});

test("an import that has not begun is looked at again by itself, also without the live connection", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  let state = "due";
  const history = { kind: "import", conversations: 0, messages: 0, problem: null };
  await open([account({})], {
    "GET /accounts/acc-1": () => ({ ...account({}), history: { ...history, state } }),
  });
  await screen.findByRole("progressbar");
  state = "running";
  await act(() => vi.advanceTimersByTimeAsync(6000));
  expect(screen.getByText("0 conversations · 0 messages")).toBeTruthy();
  vi.useRealTimers();
});

test("without the scope to manage, nothing to connect is offered, and why is said", async () => {
  await open([account({})], { "GET /me": () => me(["messages:read"]) });
  expect(await screen.findByText(/not connect or disconnect any/)).toBeTruthy();
  await card("Casa Verde Plantas");
  expect(screen.queryByRole("button", { name: /connect/i })).toBeNull();
  expect(screen.queryByRole("button", { name: /More actions/ })).toBeNull();
});

test("a session that may see no account is told so", async () => {
  await open([], {
    "GET /me": () => me([]),
    "GET /accounts": () => new Refusal(403, "scope_missing"),
  });
  expect(await screen.findByText("No access to the accounts")).toBeTruthy();
});

test("a list that cannot be read says so, and is read again", async () => {
  let broken = true;
  const { user } = await open([], {
    "GET /accounts": () => (broken ? new Refusal(400, "bad", "broken") : { accounts: [account({})] }),
  });
  await screen.findByText("This could not be loaded");
  broken = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await card("Casa Verde Plantas");
});

test("nothing connected yet offers both ways, and what an account needs", async () => {
  await open([]);
  expect(await screen.findByRole("heading", { name: "Connect your first account" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Connect Messenger" })).toBeTruthy();
  const help = screen.getByRole("link", { name: /How to: A professional Instagram account/ });
  expect(help.getAttribute("rel")).toBe("noreferrer noopener");
  await waitFor(() => expect(screen.getByRole("group").hasAttribute("open")).toBe(true));
});

test("refreshing reads the list anew", async () => {
  const { service, user } = await open([account({})]);
  await card("Casa Verde Plantas");
  const before = service.askedOf("GET /accounts").length;
  await user.click(screen.getByRole("button", { name: "Refresh the list" }));
  await waitFor(() => expect(service.askedOf("GET /accounts").length).toBe(before + 1));
  expect(await screen.findByText("List refreshed")).toBeTruthy();
});
