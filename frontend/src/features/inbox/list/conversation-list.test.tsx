import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeInbox, FakeSocket, problem } from "@/test/fake-inbox";
import { names, news, openBrowser, rows, show, talk } from "@/test/inbox-screen";
import { accountOf } from "@/test/samples";

// They have tests of their own.
vi.mock("@/features/inbox/thread/thread", () => ({ Thread: () => <p>the messages</p> }));
vi.mock("@/features/inbox/composer/composer", () => ({ Composer: () => <p>the composer</p> }));

const page = accountOf({ id: "a2", platform: "messenger", facebook_page_name: "Padaria Sol" });
const twoAccounts = [accountOf(), page];

beforeEach(openBrowser);

afterEach(() => vi.unstubAllGlobals());

test("conversations of all accounts stand in one list, newest first", async () => {
  const service = new FakeInbox(twoAccounts, [
    talk("Ana", 50),
    talk("Bia", 30),
    talk("Caio", 40, { account_id: "a2" }),
  ]);
  show(service);
  await rows();
  expect(names()).toEqual(["Ana", "Caio", "Bia"]);
});

test("a search asks the service once the typing rests", async () => {
  const service = new FakeInbox([accountOf()], [talk("Ana", 50), talk("Bia", 40)]);
  show(service);
  await rows();
  await userEvent.type(screen.getByRole("searchbox"), "bia");
  await waitFor(() => expect(screen.getAllByRole("listitem")).toHaveLength(1));
  expect(names()).toEqual(["Bia"]);
  expect(service.asked.filter((each) => each.includes("q="))).toEqual([
    "GET /conversations/a1?limit=40&q=bia",
  ]);
  await userEvent.type(screen.getByRole("searchbox"), "x");
  await screen.findByText("Nada encontrado para “biax”");
  await userEvent.click(screen.getByRole("button", { name: "Mostrar todas" }));
  await waitFor(() => expect(screen.getAllByRole("listitem")).toHaveLength(2));
});

test("of the unread alone, the one that is opened stays where it is", async () => {
  const service = new FakeInbox(
    [accountOf()],
    [talk("Ana", 50, { unread_count: 1 }), talk("Bia", 40), talk("Caio", 30, { unread_count: 1 })],
  );
  show(service);
  await rows();
  await userEvent.click(screen.getByRole("button", { name: "Não lidas" }));
  await waitFor(() => expect(screen.getAllByRole("listitem")).toHaveLength(2));
  await userEvent.click(screen.getByRole("button", { name: /^Ana/ }));
  await waitFor(() => expect(service.count("POST /conversations/a1/Ana/read")).toBe(1));
  expect(names()).toEqual(["Ana", "Caio"]);
});

test("arrows go from row to row, and Enter opens", async () => {
  const service = new FakeInbox([accountOf()], [talk("Ana", 50), talk("Bia", 40), talk("Caio", 30)]);
  const { chosen } = show(service);
  const [first] = await rows();
  act(() => first?.focus());
  await userEvent.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(screen.getByRole("button", { name: /^Bia/ }));
  await userEvent.keyboard("{End}");
  expect(document.activeElement).toBe(screen.getByRole("button", { name: /^Caio/ }));
  await userEvent.keyboard("{Home}{ArrowDown}{Enter}");
  expect(chosen).toHaveBeenCalledWith({ account: "a1", contact: "Bia" });
  const stops = screen.getAllByRole("listitem").map((row) => within(row).getByRole("button").tabIndex);
  expect(stops).toEqual([-1, 0, -1]);
});

test("who writes moves up", async () => {
  const bia = talk("Bia", 40);
  show(new FakeInbox([accountOf()], [talk("Ana", 50), bia]));
  await rows();
  act(() => FakeSocket.tell(news({ ...bia, last_message_at: "2026-11-28T12:59:00Z" }, "Oi")));
  await waitFor(() => expect(names()).toEqual(["Bia", "Ana"]));
});

test("under the pointer nothing moves, and what would is told", async () => {
  const bia = talk("Bia", 40);
  show(new FakeInbox([accountOf()], [talk("Ana", 50), bia]));
  const [first] = await rows();
  await userEvent.hover(first as HTMLElement);
  act(() => FakeSocket.tell(news({ ...bia, last_message_at: "2026-11-28T12:59:00Z" }, "Oi de novo")));
  await userEvent.click(await screen.findByRole("button", { name: "1 conversa com novidade" }));
  await waitFor(() => expect(names()).toEqual(["Bia", "Ana"]));
});

test("a page that cannot be read is told where it is missing, and read on a press", async () => {
  const many = Array.from({ length: 5 }, (_, number) => talk(`P${String(number)}`, 50 - number));
  const service = new FakeInbox([accountOf()], many, 3);
  const first = { conversations: many.slice(0, 3), next_cursor: "3" };
  let isDown = true;
  service.on("GET /conversations/a1", (_, url) =>
    url.searchParams.has("cursor")
      ? isDown
        ? problem(400, "cursor")
        : { conversations: many.slice(3), next_cursor: null }
      : first,
  );
  show(service);
  const foot = await screen.findByText(/Não foi possível carregar mais conversas/);
  expect(names()).toEqual(["P0", "P1", "P2"]);
  isDown = false;
  const alert = foot.closest("[role=alert]");
  await userEvent.click(within(alert as HTMLElement).getByRole("button", { name: "Tentar de novo" }));
  await waitFor(() => expect(screen.getAllByRole("listitem")).toHaveLength(5));
});

test("a list that cannot be read says so, and the others are shown", async () => {
  const service = new FakeInbox(twoAccounts, [talk("Ana", 50)]);
  service.on("GET /conversations/a2", () => problem(403, "scope_missing"));
  show(service);
  await screen.findByText(/conversas de Padaria Sol/);
  expect(names()).toEqual(["Ana"]);
});

test("without an account the way to connect one is shown", async () => {
  const { onReconnect } = show(new FakeInbox([], []));
  await userEvent.click(await screen.findByRole("button", { name: "Conectar uma conta" }));
  expect(onReconnect).toHaveBeenCalledWith("");
});
