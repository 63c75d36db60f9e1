import { createEvent, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { Unreachable } from "@/api/errors";
import type { Uploaded } from "@/api/types";
import { box, open } from "./composer.test-kit";

beforeEach(() => {
  URL.createObjectURL = () => "blob:1";
  URL.revokeObjectURL = () => undefined;
});

const png = (name: string) => new File(["png"], name, { type: "image/png" });
const webp = new File(["webp"], "b.webp", { type: "image/webp" });

let uploaded = 0;
const upload = async (file: File): Promise<Uploaded> => {
  uploaded += 1;
  return { id: `media-${String(uploaded)}`, content_type: file.type, size: file.size };
};
const choose = (files: File[]) => {
  const picker = document.querySelector<HTMLInputElement>("input[type=file]");
  if (!picker) throw new Error("files cannot be chosen");
  fireEvent.change(picker, { target: { files } });
};
const tray = () => within(screen.getByRole("list", { name: "Arquivos para enviar" }));

test("pictures go as one message, before what was written", async () => {
  const { user, sent } = await open({ upload });
  await user.type(await box(), "Seguem as fotos");
  choose([png("a.png"), png("b.png")]);
  expect(tray().getAllByRole("listitem")).toHaveLength(2);
  await waitFor(() => expect(screen.queryByText(/Na fila/)).toBeNull());
  await user.type(await box(), "{Enter}");
  await waitFor(() => expect(sent()).toHaveLength(2));
  expect(sent().map(({ message }) => message.type)).toEqual(["images", "text"]);
  expect(screen.queryByRole("list", { name: "Arquivos para enviar" })).toBeNull();
});

test("what the surface does not take is said in words, and holds up the rest until it is gone", async () => {
  const { user, sent } = await open({ upload });
  await box();
  choose([png("a.png"), webp]);
  expect(tray().getByText("Instagram não aceita este tipo de imagem. Aceita: JPG, PNG, GIF.")).toBeTruthy();
  await waitFor(() => expect(screen.queryByRole("progressbar")).toBeNull());
  await user.type(await box(), "{Enter}");
  expect(sent()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Remover b.webp" }));
  await user.type(await box(), "{Enter}");
  await waitFor(() => expect(sent().map(({ message }) => message.type)).toEqual(["image"]));
});

test("on Messenger it goes as a file", async () => {
  const { user, sent } = await open({ account: { platform: "messenger" }, upload });
  await box();
  choose([webp]);
  await waitFor(() => expect(tray().getByText(/Vai como arquivo/)).toBeTruthy());
  await user.type(await box(), "{Enter}");
  await waitFor(() => expect(sent()[0]?.message.type).toBe("file"));
});

test("an upload shows how far it is, keeps the message back, and can be cancelled", async () => {
  let signal: AbortSignal | undefined;
  const hanging = (_: File, told?: (part: number) => void, given?: AbortSignal) => {
    signal = given;
    told?.(0.4);
    return new Promise<Uploaded>(() => undefined);
  };
  const { user, sent } = await open({ upload: hanging });
  await box();
  choose([png("a.png")]);
  expect(screen.getByRole("progressbar", { name: "Enviando a.png" })).toHaveProperty("value", 0.4);
  await user.type(await box(), "oi{Enter}");
  expect(sent()).toEqual([]);
  expect(screen.getByText("Espere os arquivos terminarem de subir.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Cancelar o envio de a.png" }));
  expect(signal?.aborted).toBe(true);
  await user.type(await box(), "{Enter}");
  await waitFor(() => expect(sent().map(({ message }) => message.type)).toEqual(["text"]));
});

test("an upload that fails says why, and is tried again", async () => {
  const failing = vi.fn(upload).mockRejectedValueOnce(new Unreachable("gone"));
  const { user, sent } = await open({ upload: failing });
  await box();
  choose([png("a.png")]);
  expect(await tray().findByText(/O envio falhou. O serviço não respondeu/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Tentar de novo" }));
  await waitFor(() => expect(screen.queryByText(/O envio falhou/)).toBeNull());
  await user.type(await box(), "{Enter}");
  await waitFor(() => expect(sent()).toHaveLength(1));
});

test("files are pasted and dropped; text that is pasted is text", async () => {
  await open({ upload });
  const paste = (files: File[], text: string) => ({ clipboardData: { files, getData: () => text } });
  fireEvent.paste(await box(), paste([png("colada.png")], ""));
  expect(tray().getByText("colada.png")).toBeTruthy();
  fireEvent.paste(await box(), paste([png("quadro.png")], "tabela"));
  expect(tray().queryByText("quadro.png")).toBeNull();
  const root = document.querySelector(".mi-root") as HTMLElement;
  const drop = createEvent.drop(root, { dataTransfer: { types: ["Files"], files: [png("solta.png")] } });
  fireEvent(root, drop);
  expect(drop.defaultPrevented).toBe(true);
  expect(tray().getByText("solta.png")).toBeTruthy();
});

test("files stay with their conversation while another is looked at", async () => {
  const first = await open({ upload });
  await box();
  choose([png("a.png")]);
  await waitFor(() => expect(screen.queryByRole("progressbar")).toBeNull());
  first.change({ contact_id: "outra" });
  expect(screen.queryByRole("list", { name: "Arquivos para enviar" })).toBeNull();
  first.change({ contact_id: first.contact });
  expect(tray().getByText("a.png")).toBeTruthy();
});
