import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { Root } from "@/lib/root";
import { FakeService, Refusal } from "@/test/fake-service";
import { CannedReplies } from "./canned-replies";

type Routes = ConstructorParameters<typeof FakeService>[0];

beforeEach(() => {
  // Not every browser that tests run in has it.
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
  };
});

const pix = { id: "r2", shortcut: "pix", text: "Oi, {{contact.name}}!" };
const horario = { id: "r1", shortcut: "Horário", text: "Das 9h às 18h." };

async function open(routes: Routes = {}, scopes = ["messages:read", "messages:send"]) {
  const service = new FakeService({
    "GET /me": () => ({ scopes }),
    "GET /canned-replies": () => ({ canned_replies: [horario, pix] }),
    ...routes,
  });
  render(
    <Root client={service.client} locale="pt-BR" live={false}>
      <CannedReplies />
    </Root>,
  );
  return { service, user: userEvent.setup() };
}

const form = () => within(screen.getByRole("dialog"));
const shortcuts = () => screen.getAllByRole("heading", { level: 2 }).map(({ textContent }) => textContent);

test("replies are listed, with their fields by names for people, and found whatever the accents", async () => {
  const { user } = await open();
  await screen.findByText("Nome do contato");
  expect(shortcuts()).toEqual(["/Horário", "/pix"]);
  await user.type(screen.getByRole("searchbox"), "/horario");
  expect(shortcuts()).toEqual(["/Horário"]);
  await user.type(screen.getByRole("searchbox"), "x");
  await user.click(screen.getByRole("button", { name: "Limpar busca" }));
  expect(shortcuts()).toHaveLength(2);
});

test("a new reply is written, with a field put in by its button", async () => {
  const replies = [pix];
  const { user, service } = await open({
    "GET /canned-replies": () => ({ canned_replies: replies }),
    "POST /canned-replies": ({ body }) => {
      replies.unshift({ id: "r3", ...(body as { shortcut: string; text: string }) });
      return replies[0];
    },
  });
  await user.click(await screen.findByRole("button", { name: "Nova resposta" }));
  await user.keyboard("entrega");
  await user.type(form().getByRole("textbox", { name: "Texto" }), "Oi, !");
  (form().getByRole("textbox", { name: "Texto" }) as HTMLTextAreaElement).setSelectionRange(4, 4);
  await user.click(form().getByRole("button", { name: "+ Nome do contato" }));
  expect(form().getByRole("region", { name: "Prévia" }).textContent).toContain("Oi, Marina Costa!");
  await user.click(form().getByRole("button", { name: "Salvar resposta" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(service.askedOf("POST /canned-replies")[0]?.body).toEqual({
    shortcut: "entrega",
    text: "Oi, {{contact.name}}!",
  });
  expect(shortcuts()).toEqual(["/entrega", "/pix"]);
});

test.each([
  ["", "Oi", "Dê um atalho à resposta."],
  ["com espaço", "Oi", "Use só letras, números, _ e -, no máximo 32."],
  ["PIX", "Oi", "Já existe uma resposta com este atalho."],
  ["novo", "  ", "Escreva o texto da resposta."],
  ["novo", "Oi, {{{{nome}}!", "Não existe o campo {{nome}}. Use os botões abaixo para inserir campos."],
])("the shortcut %j with the text %j is not sent: %s", async (shortcut, text, words) => {
  const { user, service } = await open();
  await user.click(await screen.findByRole("button", { name: "Nova resposta" }));
  if (shortcut !== "") await user.type(form().getByRole("textbox", { name: "Atalho" }), shortcut);
  await user.type(form().getByRole("textbox", { name: "Texto" }), text);
  await user.click(form().getByRole("button", { name: "Salvar resposta" }));
  expect(form().getByText(words)).toBeTruthy();
  expect(service.askedOf("POST /canned-replies")).toEqual([]);
});

test("a shortcut that somebody else was quicker to take is said beside its field", async () => {
  const { user } = await open({ "POST /canned-replies": () => new Refusal(409, "shortcut_taken") });
  await user.click(await screen.findByRole("button", { name: "Nova resposta" }));
  await user.keyboard("novo");
  await user.type(form().getByRole("textbox", { name: "Texto" }), "Oi");
  await user.click(form().getByRole("button", { name: "Salvar resposta" }));
  expect(await form().findByText("Já existe uma resposta com este atalho.")).toBeTruthy();
  await user.type(form().getByRole("textbox", { name: "Atalho" }), "2");
  expect(form().queryByText("Já existe uma resposta com este atalho.")).toBeNull();
});

test("that there are too many is said", async () => {
  const { user } = await open({ "POST /canned-replies": () => new Refusal(409, "too_many_canned_replies") });
  await user.click(await screen.findByRole("button", { name: "Nova resposta" }));
  await user.keyboard("novo");
  await user.type(form().getByRole("textbox", { name: "Texto" }), "Oi{Tab}");
  await user.click(form().getByRole("button", { name: "Salvar resposta" }));
  expect((await form().findByRole("alert")).textContent).toContain("O limite de 500 respostas foi atingido");
});

test("a reply is changed, its own shortcut being free to it", async () => {
  const { user, service } = await open({
    "PATCH /canned-replies/r2": ({ body }) => ({ ...pix, ...(body as object) }),
  });
  await user.click(await screen.findByRole("button", { name: "Editar /pix" }));
  await user.type(form().getByRole("textbox", { name: "Texto" }), " Tudo bem?");
  await user.click(form().getByRole("button", { name: "Salvar resposta" }));
  expect(await screen.findByText("Resposta /pix salva.")).toBeTruthy();
  expect(service.askedOf("PATCH /canned-replies/r2")[0]?.body).toEqual({
    shortcut: "pix",
    text: "Oi, {{contact.name}}! Tudo bem?",
  });
});

test.each([
  ["is deleted", () => undefined],
  ["was deleted by somebody else meanwhile", () => new Refusal(404, "not_found")],
])("a reply %s once that is confirmed", async (_, answer) => {
  const replies = [horario, pix];
  const { user, service } = await open({
    "GET /canned-replies": () => ({ canned_replies: replies }),
    "DELETE /canned-replies/r2": () => {
      replies.pop();
      return answer();
    },
  });
  await user.click(await screen.findByRole("button", { name: "Excluir /pix" }));
  expect(service.askedOf("DELETE /canned-replies/r2")).toEqual([]);
  await user.click(form().getByRole("button", { name: "Excluir resposta" }));
  await waitFor(() => expect(shortcuts()).toEqual(["/Horário"]));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("heading", { level: 1 })));
});

test("where there are none, the first is offered", async () => {
  const { user } = await open({ "GET /canned-replies": () => ({ canned_replies: [] }) });
  await user.click(await screen.findByRole("button", { name: "Criar a primeira resposta" }));
  expect(screen.getByRole("dialog", { name: "Nova resposta pronta" })).toBeTruthy();
});

test("what could not be read is tried again", async () => {
  let isThere = false;
  const { user } = await open({
    "GET /canned-replies": () => (isThere ? { canned_replies: [pix] } : new Refusal(404, "not_found")),
  });
  const again = await screen.findByRole("button", { name: "Tentar de novo" });
  isThere = true;
  await user.click(again);
  expect(await screen.findByText("/pix")).toBeTruthy();
});

test("who may only read is offered no changes; who may not even read is told so", async () => {
  await open({}, ["messages:read"]);
  await screen.findByText("/pix");
  expect(screen.queryByRole("button", { name: /Editar|Excluir|Nova/ })).toBeNull();
  await open({}, ["messages:send"]);
  expect(await screen.findByText("Você não pode ver as respostas prontas")).toBeTruthy();
});
