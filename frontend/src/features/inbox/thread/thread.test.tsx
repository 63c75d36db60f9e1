import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Message } from "@/api/types";
import { FakeSocket, problem } from "@/test/fake-inbox";
import { conversationOf } from "@/test/samples";
import { answered, said, serviceWith, showThread } from "./thread.test-kit";

const NONE = () => new Response(null, { status: 204 });

test("a reaction is there at once, and goes when the service refuses it", async () => {
  const service = serviceWith([said({ id: "m" })]);
  let refuse: (answer: Response) => void = () => undefined;
  service.on("POST /messages/a1/c1/m/reaction", () => new Promise((resolve) => (refuse = resolve)));
  showThread(service);
  await userEvent.click(await screen.findByRole("button", { name: "Reagir" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "amei" }));
  expect(screen.getByRole("button", { name: /A sua conta reagiu: amei/ })).toBeDefined();
  refuse(problem(409, "window_closed"));
  expect(await screen.findByText(/O prazo para responder terminou/)).toBeDefined();
  expect(screen.queryByRole("button", { name: /A sua conta reagiu/ })).toBeNull();
});

test("where only a heart is taken, one press gives it and another takes it back", async () => {
  const service = serviceWith([said({ id: "m" })], { reactions: ["love"] });
  service.on("POST /messages/a1/c1/m/reaction", NONE).on("DELETE /messages/a1/c1/m/reaction", NONE);
  showThread(service);
  await userEvent.click(await screen.findByRole("button", { name: "Reagir com um coração" }));
  await userEvent.click(screen.getByRole("button", { name: "Tirar a sua reação" }));
  await waitFor(() => expect(service.count("DELETE /messages/a1/c1/m/reaction")).toBe(1));
});

test("nothing can be reacted to once the window is closed", async () => {
  const window = { ...conversationOf().window, open: false };
  showThread(serviceWith([said()]), { conversation: { window } });
  expect(await screen.findByRole("button", { name: "Opções da mensagem" })).toBeDefined();
  expect(screen.queryByRole("button", { name: "Reagir" })).toBeNull();
});

test("an answer begins from the menu of a message", async () => {
  const { onReply } = showThread(serviceWith([said({ id: "m" })]));
  await userEvent.click(await screen.findByRole("button", { name: "Opções da mensagem" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Responder a esta mensagem" }));
  expect(onReply.mock.calls[0]?.[0]).toMatchObject({ id: "m" });
});

const error = (code: string): Message["error"] => ({
  code,
  detail: "",
  meta_code: null,
  meta_subcode: null,
  fbtrace_id: null,
});

test("an unknown outcome is looked up by pressing Verificar", async () => {
  const unknown = answered({ id: "m", status: "unknown", error: error("outcome_unknown") });
  const service = serviceWith([unknown]);
  service.on("POST /messages/a1/c1/m/check", () => ({ ...unknown, status: "sent", error: null }));
  showThread(service);
  await userEvent.click(await screen.findByRole("button", { name: "Verificar" }));
  await waitFor(() => expect(screen.queryByText(/A Meta não confirmou/)).toBeNull());
  expect(screen.getByText("Enviada: a Meta recebeu")).toBeDefined();
});

test("sending again what may have arrived is asked about first", async () => {
  const unknown = answered({ id: "m", status: "unknown", error: error("outcome_unknown") });
  const service = serviceWith([unknown]).on("POST /messages/a1/c1/m/resend", () => unknown);
  showThread(service);
  await userEvent.click(await screen.findByRole("button", { name: "Enviar de novo" }));
  const dialog = await screen.findByRole("dialog", { name: "Enviar de novo?" });
  expect(dialog.textContent).toMatch(/duas vezes/);
  expect(service.count("POST")).toBe(1);
  await userEvent.click(within(dialog).getByRole("button", { name: "Enviar de novo mesmo assim" }));
  await waitFor(() => expect(service.count("POST /messages/a1/c1/m/resend")).toBe(1));
});

test("what failed says why, in our words and in Meta's", async () => {
  const why = { ...error("window_closed"), user_title: "Fora do prazo", user_message: "Esperar." };
  showThread(serviceWith([answered({ status: "failed", error: why as Message["error"] })]));
  const row = await screen.findByRole("article");
  expect(row.textContent).toMatch(/O prazo para responder terminou/);
  expect(row.textContent).toMatch(/A Meta diz: Fora do prazo: Esperar\./);
});

test("each part of a long text says what became of it", async () => {
  const part = (index: number, status: string, code: string | null) => ({
    index,
    text: `parte ${String(index)}`,
    message_id: null,
    status,
    error: code === null ? null : error(code),
  });
  const parts = [
    part(0, "sent", null),
    part(1, "failed", "recipient_unavailable"),
    part(2, "failed", "part_not_sent"),
  ];
  showThread(serviceWith([answered({ status: "failed", error: error("recipient_unavailable"), parts })]));
  expect(await screen.findByText("Uma parte antes desta não foi enviada.")).toBeDefined();
});

const picture = (url: string): Message["attachments"] => [
  {
    id: "f",
    type: "image",
    url,
    name: null,
    content_type: "image/png",
    size: 1,
    width: 4,
    height: 3,
    state: "stored",
  },
];

test("a picture whose address is over is shown by another one, asked for once", async () => {
  const old = said({ id: "over", type: "image", text: null, attachments: picture("/media/f?exp=1") });
  const service = serviceWith([old]);
  showThread(service);
  const image = await screen.findByRole("img", { name: "Imagem" });
  service.on("GET /messages", () => ({
    messages: [{ ...old, attachments: picture("/media/f?exp=2") }],
    next_cursor: null,
  }));
  fireEvent.error(image);
  await waitFor(() =>
    expect(screen.getByRole("img", { name: "Imagem" }).getAttribute("src")).toBe("/media/f?exp=2"),
  );
  fireEvent.error(screen.getByRole("img", { name: "Imagem" }));
  expect(await screen.findByText("Não deu para abrir o arquivo.")).toBeDefined();
  expect(service.count("GET /messages")).toBe(2);
});

test("earlier versions of an edited message are shown when asked for", async () => {
  const edits = [
    { number: 0, text: "Rua A", at: "2026-11-28T08:00:00Z" },
    { number: 1, text: "Rua B", at: "2026-11-28T08:01:00Z" },
  ];
  showThread(serviceWith([said({ text: "Rua B", edited_at: "2026-11-28T08:01:00Z", edits })]));
  const button = await screen.findByRole("button", { name: /Editada/ });
  expect(screen.queryByText("Rua A")).toBeNull();
  await userEvent.click(button);
  expect(screen.getByText("Rua A")).toBeDefined();
});

test("an unsend that arrives leaves nothing of the text", async () => {
  const message = said({ text: "segredo" });
  showThread(serviceWith([message]));
  expect(await screen.findByText("segredo")).toBeDefined();
  const gone = { ...message, type: "deleted", text: null, deleted_at: "2026-11-28T12:00:00Z" };
  act(() => FakeSocket.tell({ cursor: "2", type: "message.updated", at: "", data: { message: gone } }));
  expect(await screen.findByText("Mensagem apagada pelo contato")).toBeDefined();
  expect(screen.queryByText("segredo")).toBeNull();
});

test("a conversation that cannot be read says so, and is read when asked again", async () => {
  const service = serviceWith([]).on("GET /messages", () => problem(404, "not_found"));
  showThread(service);
  const again = await screen.findByRole("button", { name: "Tentar de novo" });
  service.on("GET /messages", () => ({ messages: [said({ text: "voltou" })], next_cursor: null }));
  await userEvent.click(again);
  expect(await screen.findByText("voltou")).toBeDefined();
});

test("older messages that cannot be read are asked for again by a person alone", async () => {
  const service = serviceWith([]).on("GET /messages", (_, { searchParams }) =>
    searchParams.has("cursor")
      ? problem(404, "not_found")
      : { messages: [said({ text: "nova" })], next_cursor: "c" },
  );
  showThread(service);
  expect(await screen.findByText("Não deu para carregar as mensagens anteriores.")).toBeDefined();
  service.on("GET /messages", () => ({ messages: [said({ id: "old", text: "velha" })], next_cursor: null }));
  await userEvent.click(screen.getByRole("button", { name: "Tentar de novo" }));
  expect(await screen.findByText("velha")).toBeDefined();
  expect(await screen.findByText("Início da conversa")).toBeDefined();
});

test("the arrow keys go from message to message", async () => {
  showThread(serviceWith([said({ text: "um" }), said({ text: "dois" })]));
  await screen.findByText("dois");
  await userEvent.tab();
  expect(document.activeElement?.textContent).toMatch(/dois/);
  await userEvent.keyboard("{ArrowUp}");
  expect(document.activeElement?.textContent).toMatch(/um/);
});
