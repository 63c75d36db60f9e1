import { expect, test, vi } from "vitest";
import { awaitHandover, handOver } from "./handover";

test("a tab that waits gets the completion, and nobody is told twice", async () => {
  const first = vi.fn();
  const second = vi.fn();
  const stops = [awaitHandover(first), awaitHandover(second)];
  expect(await handOver("c-1")).toBe(true);
  await vi.waitFor(() => expect(first.mock.calls.length + second.mock.calls.length).toBe(1));
  expect([...first.mock.calls, ...second.mock.calls]).toEqual([["c-1"]]);
  for (const stop of stops) stop();
});

test("where no tab waits, the completion stays with the one that has it", async () => {
  const late = vi.fn();
  awaitHandover(late)();
  expect(await handOver("c-2")).toBe(false);
  expect(late).not.toHaveBeenCalled();
});

test("the completion is not told to whoever merely listens", async () => {
  const heard: unknown[] = [];
  const spy = new BroadcastChannel("meta-inbox.login");
  spy.onmessage = ({ data }) => heard.push(data);
  expect(await handOver("secret")).toBe(false);
  expect(JSON.stringify(heard)).not.toContain("secret");
  spy.close();
});

test("a page that came by plain http, which has no randomUUID, hands over as well", async () => {
  vi.spyOn(crypto, "randomUUID").mockImplementation(() => {
    throw new TypeError("crypto.randomUUID is not a function");
  });
  const take = vi.fn();
  const stop = awaitHandover(take);
  expect(await handOver("c-3")).toBe(true);
  await vi.waitFor(() => expect(take).toHaveBeenCalledWith("c-3"));
  stop();
});
