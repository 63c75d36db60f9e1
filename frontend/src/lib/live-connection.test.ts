import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MetaInboxClient } from "@/api/client";
import { ApiProblem, Unreachable } from "@/api/errors";
import type { LiveEvent } from "@/api/types";
import { messageOf } from "@/test/samples";
import { LiveConnection, type LiveState } from "./live-connection";

class Socket {
  static all: Socket[] = [];
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor(readonly url: string) {
    Socket.all.push(this);
  }
  close() {
    this.ends(1000);
  }
  says(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  ends(code: number) {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const last = (): Socket => {
  const socket = Socket.all.at(-1);
  if (!socket) throw new Error("nothing was opened");
  return socket;
};

let told: LiveEvent[][];
let states: LiveState[];
let resyncs: number;
let begun: number;
let tickets: () => Promise<{ ticket: string; expires_at: string }>;
let connection: LiveConnection;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  vi.spyOn(Math, "random").mockReturnValue(1);
  Socket.all = [];
  [told, states, resyncs, begun] = [[], [], 0, 0];
  tickets = () => Promise.resolve({ ticket: "t", expires_at: "" });
  const client = {
    liveTicket: () => tickets(),
    liveAddress: () => "ws://crm/live",
  } as unknown as MetaInboxClient;
  connection = new LiveConnection(client, {
    onEvents: (events) => told.push(events),
    onResync: () => (resyncs += 1),
    onBegun: () => (begun += 1),
    onState: (state) => states.push(state),
  });
  connection.start();
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const created = (cursor: string) => ({
  cursor,
  type: "message.created",
  at: "",
  data: { message: messageOf() },
});

test("what comes at once is told together", async () => {
  last().says({ type: "ready", cursor: "1" });
  last().says(created("2"));
  last().says(created("3"));
  await vi.advanceTimersByTimeAsync(100);
  expect(told.map((events) => events.map(({ cursor }) => cursor))).toEqual([["2", "3"]]);
});

test("a broken connection goes on from the last event", async () => {
  last().says({ type: "ready", cursor: "1" });
  last().says(created("7"));
  last().ends(1006);
  expect(states.at(-1)).toBe("waiting");
  await vi.advanceTimersByTimeAsync(600);
  expect(last().url).toBe("ws://crm/live?ticket=t&after=7");
  last().says({ type: "ready", cursor: "7" });
  expect(begun).toBe(1);
});

test("while it tries again it is still said to be down", async () => {
  tickets = () => Promise.reject(new Unreachable("down"));
  last().ends(1006);
  states.length = 0;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(new Set(states)).toEqual(new Set(["waiting"]));
});

test("it waits longer after each failure, and not at all once the network is back", async () => {
  for (const wait of [500, 1000, 2000]) {
    const before = Socket.all.length;
    last().ends(1006);
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(Socket.all).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(Socket.all).toHaveLength(before + 1);
  }
  last().ends(1006);
  globalThis.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  expect(Socket.all).toHaveLength(5);
});

test("after a sleep it does not trust a connection that says it is open", async () => {
  last().says({ type: "ready", cursor: "4" });
  vi.setSystemTime(Date.now() + 3_600_000);
  await vi.advanceTimersByTimeAsync(5001);
  expect(last().url).toContain("after=4");
  expect(Socket.all).toHaveLength(2);
});

test("what is not known any more is read anew", () => {
  last().says({ type: "resync", cursor: "90" });
  expect(resyncs).toBe(1);
});

test("a cursor that cannot be read is forgotten", async () => {
  last().says({ type: "ready", cursor: "x" });
  expect(begun).toBe(1);
  last().ends(4400);
  await vi.advanceTimersByTimeAsync(600);
  expect(last().url).toBe("ws://crm/live?ticket=t");
  last().says({ type: "ready", cursor: "8" });
  expect(begun).toBe(2);
});

test("a service that is away is asked again", async () => {
  tickets = () => Promise.reject(new Unreachable("away"));
  last().ends(1006);
  await vi.advanceTimersByTimeAsync(500);
  expect(states.at(-1)).toBe("waiting");
  tickets = () => Promise.resolve({ ticket: "new", expires_at: "" });
  await vi.advanceTimersByTimeAsync(1000);
  expect(last().url).toContain("ticket=new");
});

test("who may not read messages is not asked again and again", async () => {
  tickets = () => Promise.reject(new ApiProblem(403, "scope_missing", ""));
  last().ends(1006);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states.at(-1)).toBe("off");
  expect(Socket.all).toHaveLength(1);
});

test("a host whose session is renewed only later is followed again", async () => {
  tickets = () => Promise.reject(new ApiProblem(401, "unauthorized", ""));
  last().ends(1006);
  await vi.advanceTimersByTimeAsync(600);
  expect(states.at(-1)).toBe("signed-out");
  tickets = () => Promise.resolve({ ticket: "renewed", expires_at: "" });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(last().url).toContain("ticket=renewed");
});

test("what came before the end is told, and after it nothing is told and nothing opened", async () => {
  last().says({ type: "ready", cursor: "1" });
  last().says(created("2"));
  connection.stop();
  expect(told).toHaveLength(1);
  last().says(created("3"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toHaveLength(1);
  expect(Socket.all).toHaveLength(1);
  connection.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(last().url).toContain("after=2");
});

test("one that ends while it opens is closed once it is open", () => {
  const socket = last();
  socket.readyState = Socket.CONNECTING;
  connection.stop();
  expect(socket.readyState).toBe(Socket.CONNECTING);
  socket.onopen?.();
  expect(socket.readyState).toBe(3);
});
