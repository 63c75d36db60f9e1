import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { messageOf } from "@/test/samples";
import { box, open } from "./composer.test-kit";

test("Enter sends, and one goes on writing", async () => {
  const { user, sent, contact } = await open();
  await user.type(await box(), " Entregamos sim! {Enter}");
  await waitFor(() =>
    expect(sent()).toEqual([
      { account_id: "a1", recipient_id: contact, message: { type: "text", text: "Entregamos sim!" } },
    ]),
  );
  expect(await box()).toHaveProperty("value", "");
  expect(document.activeElement).toBe(await box());
});

test("Shift and Enter break the line", async () => {
  const { user, sent } = await open();
  await user.type(await box(), "um{Shift>}{Enter}{/Shift}dois");
  expect(await box()).toHaveProperty("value", "um\ndois");
  expect(sent()).toEqual([]);
});

test("the Enter that chooses a word of an input method sends nothing", async () => {
  const { sent } = await open();
  fireEvent.change(await box(), { target: { value: "こん" } });
  fireEvent.keyDown(await box(), { key: "Enter", isComposing: true });
  fireEvent.keyDown(await box(), { key: "Enter", keyCode: 229 });
  expect(sent()).toEqual([]);
  expect(await box()).toHaveProperty("value", "こん");
});

test("nothing and white space are not sent", async () => {
  const { user, sent } = await open();
  await user.type(await box(), "   {Enter}");
  expect(sent()).toEqual([]);
  expect(screen.getByRole("button", { name: "Enviar" })).toHaveProperty("disabled", true);
});

test("an answer names what it answers, is said to be one, and Escape gives it up", async () => {
  const replyTo = messageOf({ id: "m7", text: "Qual o preço?" });
  const { user, sent, onReplyDone } = await open({ replyTo });
  const field = await box();
  expect(document.activeElement).toBe(field);
  expect(screen.getByText("Respondendo a Marina Costa")).toBeTruthy();
  await user.type(await box(), "R$ 40{Enter}");
  await waitFor(() => expect(sent()[0]).toMatchObject({ reply_to: "m7" }));
  expect(onReplyDone).toHaveBeenCalledOnce();
  await user.keyboard("{Escape}");
  expect(onReplyDone).toHaveBeenCalledTimes(2);
});

test("a text over the limit goes only as parts, and only by the button that says so", async () => {
  const { user, sent } = await open();
  fireEvent.change(await box(), { target: { value: "ação ".repeat(200) } });
  await user.type(await box(), "{Enter}");
  expect(sent()).toEqual([]);
  expect(screen.getByText("1.399 de 1.000 bytes")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Enviar em 2 partes" }));
  await waitFor(() => expect(sent()[0]).toMatchObject({ split: true }));
});

test("Messenger counts characters, and takes as many", async () => {
  const { user, sent } = await open({ account: { platform: "messenger" } });
  fireEvent.change(await box(), { target: { value: "ç".repeat(2000) } });
  expect(screen.getByText("2.000 de 2.000 caracteres")).toBeTruthy();
  await user.type(await box(), "{Enter}");
  await waitFor(() => expect(sent()).toHaveLength(1));
});

test("a draft is there again in its conversation, and gone once sent", async () => {
  const first = await open();
  await first.user.type(await box(), "rascunho");
  first.unmount();
  const again = await open({ conversation: { contact_id: first.contact } });
  expect(await box()).toHaveProperty("value", "rascunho");
  await again.user.type(await box(), "{Enter}");
  expect(await box()).toHaveProperty("value", "");
});

test("the text of a refused message comes back to be changed", async () => {
  const { giveBack } = await open();
  await box();
  giveBack("volta");
  expect(await box()).toHaveProperty("value", "volta");
  expect(document.activeElement).toBe(await box());
});

test("the contact is shown that somebody writes, now and then, and not once it is empty", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ["Date"] });
  const { user, typing } = await open();
  await user.type(await box(), "Oi");
  expect(typing()).toEqual([true]);
  vi.setSystemTime(Date.now() + 10_001);
  await user.type(await box(), "!");
  expect(typing()).toEqual([true, true]);
  await user.clear(await box());
  expect(typing()).toEqual([true, true, false]);
  vi.useRealTimers();
});

test("leaving the text box ends it as well; sending needs no word of it", async () => {
  const { user, typing, sent } = await open();
  await user.type(await box(), "Oi");
  await user.tab();
  expect(typing()).toEqual([true, false]);
  await user.type(await box(), "!{Enter}");
  await waitFor(() => expect(sent()).toHaveLength(1));
  expect(typing()).toEqual([true, false, true]);
});

test("a sticker goes at once, and leaves the text alone", async () => {
  const { user, sent } = await open();
  await user.type(await box(), "já volto");
  await user.click(screen.getByRole("button", { name: "Mais opções" }));
  await user.click(await screen.findByRole("menuitem", { name: "Enviar coração" }));
  await waitFor(() => expect(sent()[0]?.message).toEqual({ type: "sticker", name: "like_heart" }));
  expect(await box()).toHaveProperty("value", "já volto");
});
