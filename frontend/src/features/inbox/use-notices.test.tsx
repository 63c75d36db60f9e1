import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeInbox, FakeSocket } from "@/test/fake-inbox";
import { news, openBrowser, rows, show, talk, visibility } from "@/test/inbox-screen";
import { accountOf } from "@/test/samples";

vi.mock("@/features/inbox/thread/thread", () => ({ Thread: () => null }));
vi.mock("@/features/inbox/composer/composer", () => ({ Composer: () => null }));

class FakeNotification {
  static permission = "default";
  static answer = "granted";
  static shown: FakeNotification[] = [];
  static requestPermission = vi.fn(() => {
    FakeNotification.permission = FakeNotification.answer;
    return Promise.resolve(FakeNotification.answer);
  });
  onclick: (() => void) | null = null;

  constructor(
    readonly title: string,
    readonly options: { body: string; tag: string },
  ) {
    FakeNotification.shown.push(this);
  }

  close(): void {
    // It is none that could be seen.
  }
}

beforeEach(() => {
  openBrowser();
  Object.assign(FakeNotification, { permission: "default", answer: "granted", shown: [] });
  FakeNotification.requestPermission.mockClear();
  vi.stubGlobal("Notification", FakeNotification);
});

afterEach(() => vi.unstubAllGlobals());

const ana = talk("Ana", 50);

async function begin(choice: string | null) {
  const shown = show(new FakeInbox([accountOf()], [ana]));
  await rows();
  if (choice !== null) {
    await userEvent.click(screen.getByRole("button", { name: "Opções das conversas" }));
    await userEvent.click(await screen.findByRole("menuitemradio", { name: choice }));
  }
  visibility.isVisible = false;
  return shown;
}

const told = () => waitFor(() => expect(FakeNotification.shown).not.toEqual([]), { timeout: 3000 });
const untold = () => new Promise((resolve) => setTimeout(resolve, 1400));

test("nobody is asked for permission unasked", async () => {
  await begin(null);
  act(() => FakeSocket.tell(news(ana, "Oi")));
  await untold();
  expect(FakeNotification.requestPermission).not.toHaveBeenCalled();
  expect(FakeNotification.shown).toEqual([]);
});

test("a message is told while the page is hidden, and a press opens it", async () => {
  const { chosen } = await begin("Com o texto da mensagem");
  act(() => FakeSocket.tell(news(ana, "Vocês entregam?")));
  await told();
  const [notice] = FakeNotification.shown;
  expect([notice?.title, notice?.options.body]).toEqual(["Ana · Casa Verde", "Vocês entregam?"]);
  act(() => notice?.onclick?.());
  expect(chosen).toHaveBeenCalledWith({ account: "a1", contact: "Ana" });
});

test("its text is not shown to bystanders", async () => {
  await begin("Sem o texto da mensagem");
  act(() => FakeSocket.tell(news(ana, "Segredo")));
  await told();
  expect(FakeNotification.shown[0]?.options.body).toBe("Nova mensagem");
});

test("what the business wrote, what is read back, and what is seen is not told", async () => {
  await begin("Com o texto da mensagem");
  const event = news(ana, "Oi");
  if (event.type !== "message.created") throw new Error("it is one");
  const { message, conversation } = event.data;
  const of = (over: object) => ({ ...event, data: { conversation, message: { ...message, ...over } } });
  act(() => FakeSocket.tell(of({ direction: "outbound", origin: "agent" }), of({ imported: true })));
  await untold();
  visibility.isVisible = true;
  act(() => FakeSocket.tell(of({})));
  await untold();
  expect(FakeNotification.shown).toEqual([]);
});

test("many at once are one notice", async () => {
  await begin("Com o texto da mensagem");
  const people = ["Ana", "Bia", "Caio", "Duda", "Eva"].map((name) => news(talk(name, 50), "Oi"));
  act(() => FakeSocket.tell(...people));
  await told();
  expect(FakeNotification.shown.map(({ title, options }) => [title, options.body])).toEqual([
    ["5 novas mensagens", "De Ana, Bia, Caio…"],
  ]);
});

test("a browser that refuses is said to refuse", async () => {
  FakeNotification.answer = "denied";
  await begin("Com o texto da mensagem");
  await screen.findByText(/O navegador bloqueia notificações/);
});
