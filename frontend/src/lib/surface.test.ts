import { expect, test } from "vitest";
import { lengthOf, surfaceOf } from "./surface";

test.each([
  ["messenger", "facebook", "messenger"],
  ["instagram", "facebook", "instagram"],
  ["instagram", "instagram", "instagram_login"],
])("%s by %s's login is the surface %s", (platform, login, surface) => {
  expect(surfaceOf({ platform, login })).toBe(surface);
});

test.each([
  ["Olá", 3, 4],
  ["👍🏽", 2, 8],
  ["a👨‍👩‍👧b", 7, 20],
  ["", 0, 0],
])("%s has %i characters and %i bytes, as Meta counts", (text, characters, bytes) => {
  expect(lengthOf(text, "characters")).toBe(characters);
  expect(lengthOf(text, "bytes")).toBe(bytes);
});
