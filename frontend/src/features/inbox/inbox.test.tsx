import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeInbox, FakeSocket, problem } from "@/test/fake-inbox";
import { news, openBrowser, show, talk, visibility } from "@/test/inbox-screen";
import { giveLayout } from "@/test/layout";
import { accountOf } from "@/test/samples";

// They have tests of their own.
vi.mock("@/features/inbox/thread/thread", () => ({ Thread: () => <p>the messages</p> }));
vi.mock("@/features/inbox/composer/composer", () => ({ Composer: () => <p>the composer</p> }));

beforeEach(openBrowser);

afterEach(() => vi.unstubAllGlobals());

test("what is opened is shown with its account and marked read once", async () => {
  const service = new FakeInbox([accountOf()], [talk("Ana", 50, { unread_count: 3 }), talk("Bia", 30)]);
  const { chosen } = show(service);
  await userEvent.click(await screen.findByRole("button", { name: /Ana.*3 mensagens não lidas/ }));
  expect(chosen).toHaveBeenCalledWith({ account: "a1", contact: "Ana" });
  const open = await screen.findByRole("region", { name: "Ana" });
  within(open).getByText("Casa Verde no Instagram");
  within(open).getByText("the messages");
  await waitFor(() => expect(service.count("POST /conversations/a1/Ana/read")).toBe(1));
  expect(screen.queryByText(/não lidas/, { selector: "li *" })).toBeNull();
});

test("the screen has its heading before it has anything else", () => {
  show(new FakeInbox([accountOf()], [talk("Ana", 50)]), { account: "a1", contact: "Ana" });
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Conversas");
});

test("a window that closes is closed in the list at that very moment", async () => {
  const closes = new Date(Date.now() + 400).toISOString();
  const window = { open: true, closes_at: closes, human_agent_until: null, reason: null };
  show(new FakeInbox([accountOf()], [talk("Ana", 50, { window })]));
  await screen.findByRole("button", { name: /Ana.*Fecha em/ });
  await screen.findByRole("button", { name: /Ana.*Janela fechada/ });
});

test("nothing is marked read while nobody can see the page", async () => {
  visibility.isVisible = false;
  const service = new FakeInbox([accountOf()], [talk("Ana", 50, { unread_count: 1 })]);
  show(service, { account: "a1", contact: "Ana" });
  await screen.findByRole("region", { name: "Ana" });
  expect(service.count("POST /conversations/a1/Ana/read")).toBe(0);
  visibility.isVisible = true;
  act(() => document.dispatchEvent(new Event("visibilitychange")));
  await waitFor(() => expect(service.count("POST /conversations/a1/Ana/read")).toBe(1));
});

test("a read mark that fails is not shown as one, and not tried without end", async () => {
  const service = new FakeInbox([accountOf()], [talk("Ana", 50, { unread_count: 2 })]);
  service.on("POST /conversations/a1/Ana/read", () => problem(500, "unexpected"));
  show(service, { account: "a1", contact: "Ana" });
  await screen.findByRole("button", { name: /Ana.*2 mensagens não lidas/ });
  await waitFor(() => expect(service.count("POST /conversations/a1/Ana/read")).toBe(1));
});

test("an address of a conversation that no list has yet opens it", async () => {
  const service = new FakeInbox([accountOf()], []);
  service.on("GET /conversations/a1/Old", () => talk("Old", 1));
  show(service, { account: "a1", contact: "Old" });
  await screen.findByRole("region", { name: "Old" });
});

test("an address of nothing says so", async () => {
  show(new FakeInbox([accountOf()], []), { account: "a1", contact: "Nobody" });
  await screen.findByText("Esta conversa não existe");
});

test("an address of an account that is not ours says so", async () => {
  show(new FakeInbox([accountOf()], []), { account: "a9", contact: "Ana" });
  await screen.findByText("Esta conta não existe");
});

test.each([
  ["263902037430900", "Esta conversa está na caixa de entrada da Página, na Meta."],
  ["999", "Outro app está respondendo esta conversa."],
])("who else has the conversation is said: %s", async (owner, words) => {
  const service = new FakeInbox([accountOf()], [talk("Ana", 50, { thread_owner: owner })]);
  show(service, { account: "a1", contact: "Ana" });
  await screen.findByText(words);
});

test("a conversation that is ours says nothing of others", async () => {
  const service = new FakeInbox([accountOf()], [talk("Ana", 50, { thread_owner: "self" })]);
  show(service, { account: "a1", contact: "Ana" });
  await screen.findByRole("region", { name: "Ana" });
  expect(screen.queryByText(/Outro app|Esta conversa está/)).toBeNull();
});

test("what comes fast into the open conversation is read out together", async () => {
  const ana = talk("Ana", 50);
  show(new FakeInbox([accountOf()], [ana]), { account: "a1", contact: "Ana" });
  await screen.findByRole("region", { name: "Ana" });
  act(() => FakeSocket.tell(news(ana, "Um"), news(ana, "Dois", "3"), news(talk("Bia", 51), "De outra", "4")));
  await screen.findByText("2 novas mensagens de Ana", {}, { timeout: 3000 });
  act(() => FakeSocket.tell(news(ana, "Três", "5")));
  await screen.findByText("Nova mensagem de Ana: Três", {}, { timeout: 3000 });
});

test("the contact is put away, and stays away", async () => {
  const service = new FakeInbox([accountOf()], [talk("Ana", 50)]);
  show(service, { account: "a1", contact: "Ana" });
  await userEvent.click(await screen.findByRole("button", { name: "Ocultar detalhes do contato" }));
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(localStorage.getItem("meta-inbox.contact-panel")).toBe("closed");
});

test("on a phone the conversation covers the list, and back leads to its row", async () => {
  vi.restoreAllMocks();
  giveLayout({ width: 390 });
  const service = new FakeInbox([accountOf()], [talk("Ana", 50), talk("Bia", 40)]);
  show(service);
  await userEvent.click(await screen.findByRole("button", { name: /^Bia/ }));
  const heading = await screen.findByRole("heading", { level: 1, name: "Bia" });
  expect(document.activeElement).toBe(heading);
  await userEvent.click(screen.getByRole("button", { name: "Voltar para as conversas" }));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("button", { name: /^Bia/ })));
});
