import { expect, test } from "vitest";
import { duration, shortTime } from "./times";

const HOUR_MS = 3_600_000;

test.each([
  [10_000, "1 min"],
  [40 * 60_000, "40 min"],
  [23.4 * HOUR_MS, "23 h"],
  [47 * HOUR_MS, "47 h"],
  [167 * HOUR_MS, "7 dias"],
])("%i milliseconds are said as %s", (milliseconds, words) => {
  expect(duration(milliseconds, "pt-BR").replace(/\u00a0/g, " ")).toBe(words);
});

const now = new Date(2026, 10, 28, 15, 0).getTime();
const at = (...local: [number, number, number, number, number]) => new Date(...local).toISOString();

test.each([
  [at(2026, 10, 28, 9, 5), "09:05"],
  [at(2026, 10, 27, 23, 59), "ontem"],
  [at(2026, 10, 24, 12, 0), "ter."],
  [at(2026, 10, 2, 12, 0), "02/11"],
  [at(2025, 10, 28, 12, 0), "28/11/25"],
  // A clock that runs behind the service's.
  [at(2026, 10, 28, 15, 1), "15:01"],
])("%s is %s", (time, words) => {
  expect(shortTime(time, now, "pt-BR").replace(/\.$/, "")).toBe(words.replace(/\.$/, ""));
});
