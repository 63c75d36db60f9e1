import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { Refusal } from "@/test/fake-service";
import { box, open } from "./composer.test-kit";

beforeEach(() => {
  localStorage.clear();
  Element.prototype.scrollIntoView = () => undefined;
});

/** The emojis come apart from the rest, and are many. */
const READ = { timeout: 10_000 };

const options = () => screen.getAllByRole("option").map(({ textContent }) => textContent);

test("a slash calls up the canned replies; the arrows choose, Enter inserts what is filled in", async () => {
  const { user, sent } = await open();
  await user.type(await box(), "Claro! /");
  await screen.findByRole("listbox");
  expect(options()[1]).toBe("/pixOi, Marina Costa! A chave é da Casa Verde.");
  await user.keyboard("{ArrowDown}");
  const active = (await box()).getAttribute("aria-activedescendant");
  expect(document.getElementById(active ?? "")?.getAttribute("aria-selected")).toBe("true");
  await user.keyboard("{Enter}");
  expect(await box()).toHaveProperty("value", "Claro! Oi, Marina Costa! A chave é da Casa Verde.");
  expect(screen.queryByRole("listbox")).toBeNull();
  expect(sent()).toEqual([]);
  await user.keyboard("{Enter}");
  await waitFor(() => expect(sent()).toHaveLength(1));
});

test("what is written after the slash narrows them down, and Tab inserts", async () => {
  const { user } = await open();
  await user.type(await box(), "/ent");
  await waitFor(() => expect(options()).toEqual(["/entregaEntregamos em toda a cidade."]));
  await user.keyboard("{Tab}");
  expect(await box()).toHaveProperty("value", "Entregamos em toda a cidade.");
  expect(document.activeElement).toBe(await box());
});

test("Escape closes them, and what was written goes as it is", async () => {
  const { user, sent } = await open();
  await user.type(await box(), "/pix");
  await screen.findByRole("listbox");
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("listbox")).toBeNull();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(sent()[0]?.message).toEqual({ type: "text", text: "/pix" }));
});

test("a slash inside a word, and a word that nothing is found for, are not in the way", async () => {
  const { user, sent } = await open();
  await user.type(await box(), "e/ou ");
  expect(screen.queryByText("Respostas prontas")).toBeNull();
  await user.type(await box(), "/xyz{Enter}");
  await waitFor(() => expect(sent()).toHaveLength(1));
});

test("a press chooses as well, and the button puts the slash in", async () => {
  const { user } = await open();
  await user.type(await box(), "Oi");
  await user.click(screen.getByRole("button", { name: "Respostas prontas" }));
  await user.click(await screen.findByRole("option", { name: /entrega/ }));
  expect(await box()).toHaveProperty("value", "Oi Entregamos em toda a cidade.");
});

test("that there are none, and that they cannot be read, is said", async () => {
  const none = await open({ routes: { "GET /canned-replies": () => ({ canned_replies: [] }) } });
  await none.user.type(await box(), "/");
  expect(await screen.findByText(/Ainda não há respostas prontas/)).toBeTruthy();
  none.unmount();
  const failing = await open({ routes: { "GET /canned-replies": () => new Refusal(404, "not_found") } });
  await failing.user.type(await box(), "/");
  expect(await screen.findByText("Isto não existe mais.")).toBeTruthy();
});

test("an emoji goes where the caret is", { timeout: 20_000 }, async () => {
  const { user } = await open();
  await user.type(await box(), "Oi! Tudo bem?");
  ((await box()) as HTMLTextAreaElement).setSelectionRange(3, 3);
  await user.click(screen.getByRole("button", { name: "Emojis" }));
  await screen.findByRole("grid", {}, READ);
  await user.type(screen.getByRole("searchbox", { name: "Buscar emoji" }), "polegar para cima");
  await user.keyboard("{Enter}");
  expect(await box()).toHaveProperty("value", "Oi!👍️ Tudo bem?");
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(document.activeElement).toBe(await box());
});

test("emojis are walked through by the arrow keys", { timeout: 20_000 }, async () => {
  const { user } = await open();
  await box();
  await user.click(screen.getByRole("button", { name: "Emojis" }));
  const grid = await screen.findByRole("grid", {}, READ);
  const cells = () => [...grid.querySelectorAll("button")];
  cells()[0]?.focus();
  await user.keyboard("{ArrowRight}{ArrowDown}{ArrowLeft}");
  expect(document.activeElement).toBe(cells()[8]);
  await user.keyboard("{End}{ArrowDown}{Home}{ArrowUp}{ArrowUp}{ArrowUp}");
  expect(document.activeElement).toBe(cells()[0]);
  expect(cells().filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
});
