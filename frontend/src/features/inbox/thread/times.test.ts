import { expect, test, vi } from "vitest";
import { duration, momentIn, timesOf } from "./times";

const words = { today: "Hoje", yesterday: "Ontem" };
const now = new Date(2026, 10, 28, 12).getTime();
const day = (...date: [number, number, number]) =>
  timesOf("pt-BR").day(new Date(...date, 9).toISOString(), words, now);

test("the nearer a day is, the shorter its name", () => {
  expect(day(2026, 10, 28)).toBe("Hoje");
  expect(day(2026, 10, 27)).toBe("Ontem");
  expect(day(2026, 10, 25)).toBe("Quarta-feira");
  expect(day(2026, 2, 3)).toBe("Terça-feira, 3 de março");
  expect(day(2024, 2, 3)).toBe("3 de março de 2024");
});

test("yesterday was yesterday also when its clocks were put back", () => {
  vi.stubEnv("TZ", "Europe/Lisbon"); // 25 October 2026 has 25 hours
  const late = new Date(2026, 9, 25, 23, 30).getTime();
  const times = timesOf("pt-BR");
  expect(times.day(new Date(2026, 9, 24, 9).toISOString(), words, late)).toBe("Ontem");
  vi.unstubAllEnvs();
});

test("sizes are read by people", () => {
  const { size } = timesOf("pt-BR");
  expect([512, 48_211, 1_843_200].map(size)).toEqual(["512 bytes", "47 kB", "1,8 MB"]);
});

test("Meta's times come in seconds and as text", () => {
  expect(momentIn("1796000000")).toBe("2026-11-30T00:53:20.000Z");
  expect(momentIn("2026-11-30T10:00:00+0000")).toBe("2026-11-30T10:00:00.000Z");
  expect([momentIn("amanhã"), momentIn(null)]).toEqual([null, null]);
});

test("recordings of unknown length do not say NaN", () => {
  expect([duration(67.4), duration(Number.NaN), duration(Number.POSITIVE_INFINITY)]).toEqual([
    "1:07",
    "0:00",
    "0:00",
  ]);
});
