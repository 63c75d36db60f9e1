import { expect, test } from "vitest";
import { inserted, matching, tokenAt } from "./token";

test.each([
  ["/", { start: 0, end: 1, word: "" }],
  ["/pix", { start: 0, end: 4, word: "pix" }],
  ["Oi! /saudação", { start: 4, end: 13, word: "saudação" }],
  ["linha\n/p", { start: 6, end: 8, word: "p" }],
  ["e/ou", null],
  ["https://x", null],
  ["/pix ", null],
  ["/pix.", null],
  ["", null],
])("in %j the word to look for is %o", (text, token) => {
  expect(tokenAt(text, text.length)).toEqual(token);
});

test("only what stands before the caret counts", () => {
  expect(tokenAt("/pix agora", 2)).toEqual({ start: 0, end: 2, word: "p" });
  expect(tokenAt("/pix agora", 10)).toBeNull();
});

const replies = ["entrega", "pix", "troca-pix", "Horário"].map((shortcut) => ({
  shortcut,
  text: `sobre ${shortcut}`,
}));
const found = (word: string) => matching(replies, word).map(({ shortcut }) => shortcut);

test("what begins so comes first, case and accents aside", () => {
  expect(found("pix")).toEqual(["pix", "troca-pix"]);
  expect(found("horario")).toEqual(["Horário"]);
  expect(found("")).toEqual(["entrega", "pix", "troca-pix", "Horário"]);
  expect(found("nada")).toEqual([]);
});

test("the text of a reply is looked through for two letters and more", () => {
  expect(found("so")).toHaveLength(4);
  expect(found("b")).toEqual([]);
});

test("the reply takes the word's place, and the caret stands behind it", () => {
  const token = tokenAt("Oi /pi tchau", 6);
  expect(token && inserted("Oi /pi tchau", token, "chave 1")).toEqual({
    text: "Oi chave 1 tchau",
    caret: 10,
  });
});
