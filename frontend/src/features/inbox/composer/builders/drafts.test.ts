import { expect, test } from "vitest";
import type { Capabilities } from "@/api/types";
import {
  asButton,
  asCard,
  buttonFaults,
  cardFaults,
  isCardFine,
  newButton,
  newCard,
  textFault,
  urlFault,
} from "./drafts";

const can = { title_limit: 20, card_text_limit: 80, url_limit: 2048, payload_limit: 1000 } as Capabilities;

test("a text is neither missing nor too long, spaces around it aside", () => {
  expect(textFault("  ", 5)).toEqual({ is: "empty" });
  expect(textFault("  ", 5, false)).toBeNull();
  expect(textFault(" 12345 ", 5)).toBeNull();
  expect(textFault("123456", 5)).toEqual({ is: "long", limit: 5, unit: "characters" });
  expect(textFault("ação", 5, true, "bytes")).toEqual({ is: "long", limit: 5, unit: "bytes" });
});

test.each([
  ["https://loja.example/pedido?id=1", null],
  ["http://loja.example", { is: "url" }],
  ["loja.example", { is: "url" }],
  ["https://loja", { is: "url" }],
  ["https://loja.example/com espaço", { is: "url" }],
  ["javascript:alert(1)", { is: "url" }],
  ["", { is: "empty" }],
])("of the address %j the fault is %o", (address, fault) => {
  expect(urlFault(address, 2048)).toEqual(fault);
});

test("a button is asked only for what its kind needs", () => {
  const link = { ...newButton(), title: "Ver", url: "" };
  expect(buttonFaults(link, can)).toMatchObject({ url: { is: "empty" }, payload: null });
  expect(buttonFaults({ ...link, kind: "postback" }, can)).toEqual({ title: null, url: null, payload: null });
});

test("a tap hands back what was tapped, unless there is a code", () => {
  const tap = { ...newButton(), kind: "postback" as const, title: " Quero ", url: "https://x.example" };
  expect(asButton(tap)).toEqual({ type: "postback", title: "Quero", payload: "Quero" });
  expect(asButton({ ...tap, payload: "BUY" })).toMatchObject({ payload: "BUY" });
});

test("a card has more than its title", () => {
  const card = { ...newCard(), title: "Vaso" };
  expect(cardFaults(card, can).title).toEqual({ is: "cardBare" });
  expect(isCardFine({ ...card, subtitle: "R$ 40" }, can)).toBe(true);
  expect(isCardFine({ ...card, buttons: [newButton()] }, can)).toBe(false);
});

test("a card carries only what was written", () => {
  expect(asCard({ ...newCard(), title: "Vaso ", subtitle: " R$ 40" })).toEqual({
    title: "Vaso",
    subtitle: "R$ 40",
  });
});
