import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMetaInboxClient } from "@/api/client";
import { heardDate, now } from "./clock";

const NOON = Date.parse("2026-11-28T12:00:00Z");

beforeEach(() => vi.useFakeTimers({ now: NOON, toFake: ["Date"] }));
afterEach(() => {
  heardDate(new Date().toUTCString(), Date.now());
  vi.useRealTimers();
});

const answering = (headers: Record<string, string>) =>
  createMetaInboxClient({
    baseUrl: "https://crm.example",
    getToken: () => "a.b.c",
    fetch: () => Promise.resolve(Response.json({}, { headers })),
  });

test("a computer whose clock is ten minutes fast counts by the service's", async () => {
  await answering({ Date: new Date(NOON - 600_000).toUTCString() }).liveTicket();
  expect(Math.abs(now() - (NOON - 600_000))).toBeLessThan(1000);
});

test("what a cache may have kept says nothing of the present", async () => {
  await answering({ Date: new Date(NOON - 600_000).toUTCString() }).me();
  expect(now()).toBe(NOON);
});

test("seconds, and an answer without its date, change nothing", async () => {
  await answering({ Date: new Date(NOON - 3000).toUTCString() }).liveTicket();
  expect(now()).toBe(NOON);
  await answering({}).liveTicket();
  expect(now()).toBe(NOON);
});
