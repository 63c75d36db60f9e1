import { expect, test } from "vitest";
import { isEmojiOnly, linked } from "./linked";

const links = (text: string) => linked(text).flatMap((piece) => ("href" in piece ? [piece.text] : []));

test.each([
  ["Veja https://loja.example/a?b=1.", ["https://loja.example/a?b=1"]],
  [
    "(https://loja.example/vaso_(azul)) e http://x.example!",
    ["https://loja.example/vaso_(azul)", "http://x.example"],
  ],
  ["https://a.example,https://b.example", ["https://a.example,https://b.example"]],
  ["sem link", []],
  ["javascript:alert(1) data:text/html,x ftp://x.example //x.example", []],
])("%s", (text, expected) => {
  expect(links(text)).toEqual(expected);
});

test("nothing of the text is lost", () => {
  const text = "Um https://a.example/x, dois (http://b.example) e <b>três</b>";
  expect(
    linked(text)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});

test("an address that hides where it leads is no link", () => {
  expect(links("https://banco.example@mau.example/")).toEqual([]);
  expect(links("https://")).toEqual([]);
});

test("signs that turn the direction of writing end an address", () => {
  expect(links("https://a.example/\u202egpj.exe")).toEqual(["https://a.example/"]);
});

test("a few emoji alone are large", () => {
  expect(["😍", "👩‍👩‍👧 🇧🇷", "❤️"].map(isEmojiOnly)).toEqual([true, true, true]);
  expect(["oi 😍", "1", "", "😍😍😍😍😍😍😍"].map(isEmojiOnly)).toEqual([false, false, false, false]);
});
