import { beforeEach, expect, test, vi } from "vitest";
import { emojisIn, searched, type EmojiData } from "./emoji-data";
import { recentEmojis, rememberEmoji } from "./recents";

let data: EmojiData;

beforeEach(async () => {
  localStorage.clear();
  data = await emojisIn("pt-BR");
});

const found = (search: string) => searched(data, search).map(({ unicode }) => unicode);

test("emojis are found by words of the agent's language, accents aside", async () => {
  expect(found("coracao vermelho")[0]).toContain("❤");
  expect(found("polegar para cima")[0]).toBe("👍️");
  expect(searched(await emojisIn("en"), "thumbs up")[0]?.unicode).toBe("👍️");
});

test("nothing is found by nothing", () => {
  expect(found("  ")).toEqual([]);
  expect(found("qwertyuiop")).toEqual([]);
});

test("every group has some, and none is a mere part of an emoji", () => {
  expect(data.size).toBe(9);
  for (const emojis of data.values()) expect(emojis.length).toBeGreaterThan(50);
});

test("the latest used comes first, each once, and not for ever", () => {
  for (let number = 0; number < 20; number += 1) rememberEmoji(String.fromCodePoint(0x1f600 + number));
  rememberEmoji("😂");
  rememberEmoji(String.fromCodePoint(0x1f600 + 19));
  expect(recentEmojis().slice(0, 2)).toEqual([String.fromCodePoint(0x1f600 + 19), "😂"]);
  expect(recentEmojis()).toHaveLength(16);
});

test("what is kept and unreadable is nothing", () => {
  localStorage.setItem("meta-inbox.emoji", "{");
  expect(recentEmojis()).toEqual([]);
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full");
  });
  expect(() => rememberEmoji("😂")).not.toThrow();
});
