import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Conversation } from "@/api/types";
import { keys } from "@/lib/keys";
import { conversationOf, messageOf } from "@/test/samples";
import { ReadMarks } from "./read-marks";

let cache: QueryClient;
const markRead = vi.fn<() => Promise<void>>();

beforeEach(() => {
  vi.useFakeTimers();
  cache = new QueryClient();
  markRead.mockReset().mockResolvedValue();
});

afterEach(() => vi.useRealTimers());

const unread = (id: string, count = 1, contact = "c1") =>
  conversationOf({ contact_id: contact, unread_count: count, last_message: messageOf({ id }) });
const shown = (contact = "c1") =>
  cache.getQueryData<Conversation>(keys.conversation("a1", contact))?.unread_count;

test("what is seen is read at once, and told to the service", async () => {
  new ReadMarks({ markRead }, cache).see(unread("1", 3));
  expect(shown()).toBe(0);
  await vi.advanceTimersByTimeAsync(0);
  expect(markRead.mock.calls).toEqual([[{ account: "a1", contact: "c1" }]]);
});

test("twenty messages a second are twenty reads here and one in two seconds for the service", async () => {
  const marks = new ReadMarks({ markRead }, cache);
  for (let number = 0; number < 80; number += 1) {
    marks.see(unread(String(number)));
    expect(shown()).toBe(0);
    await vi.advanceTimersByTimeAsync(50);
  }
  await vi.advanceTimersByTimeAsync(2000);
  expect(markRead.mock.calls.length).toBe(3);
});

test("going on to another conversation leaves no mark behind", async () => {
  const marks = new ReadMarks({ markRead }, cache);
  marks.see(unread("1"));
  await vi.advanceTimersByTimeAsync(0);
  marks.see(unread("2"));
  marks.see(unread("3", 1, "c2"));
  await vi.advanceTimersByTimeAsync(3000);
  expect(markRead.mock.calls).toEqual(["c1", "c1", "c2"].map((contact) => [{ account: "a1", contact }]));
});

test("what fails is shown unread again, and tried anew for a new message alone", async () => {
  markRead.mockRejectedValueOnce(new Error("no"));
  const marks = new ReadMarks({ markRead }, cache);
  marks.see(unread("1", 2));
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toBe(2);
  marks.see(unread("1", 2));
  await vi.advanceTimersByTimeAsync(5000);
  expect(markRead).toHaveBeenCalledTimes(1);
  marks.see(unread("2", 3));
  await vi.advanceTimersByTimeAsync(5000);
  expect(markRead).toHaveBeenCalledTimes(2);
  expect(shown()).toBe(0);
});

test("what failed is tried again when the agent comes back", async () => {
  markRead.mockRejectedValueOnce(new Error("no"));
  const marks = new ReadMarks({ markRead }, cache);
  marks.see(unread("1"));
  await vi.advanceTimersByTimeAsync(3000);
  marks.look();
  marks.see(unread("1"));
  await vi.advanceTimersByTimeAsync(3000);
  expect(markRead).toHaveBeenCalledTimes(2);
});
