import { expect, test } from "vitest";
import { lengthOf } from "@/lib/surface";
import { partsOf } from "./parts";

const characters = (limit: number) => ({ limit, length: (text: string) => lengthOf(text, "characters") });
const bytes = (limit: number) => ({ limit, length: (text: string) => lengthOf(text, "bytes") });

test.each([
  ["curto", 10, 1],
  ["uma frase que passa", 10, 2],
  ["linha um\nlinha dois e\ntrês", 12, 3],
  ["a".repeat(25), 10, 3],
  [`${"a".repeat(10)}          `, 10, 1],
])("%j at %i characters goes in %i", (text, limit, parts) => {
  expect(partsOf(text, characters(limit))).toBe(parts);
});

test("what people see as one character is not cut", () => {
  expect(partsOf("👨‍👩‍👧".repeat(3), bytes(20))).toBe(3);
});

test("one character that is too large alone goes in no number of parts", () => {
  expect(partsOf("👨‍👩‍👧👨‍👩‍👧", bytes(10))).toBeNull();
});

test("more than twenty parts are not sent", () => {
  expect(partsOf("ab ".repeat(20).trim(), characters(3))).toBe(20);
  expect(partsOf("ab ".repeat(21).trim(), characters(3))).toBeNull();
  expect(partsOf("a".repeat(201), characters(10))).toBeNull();
});
