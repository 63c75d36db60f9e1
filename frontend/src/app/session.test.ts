import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keptTheme, keepTheme } from "./preferences";
import { Session } from "./session";

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.unstubAllGlobals());

test("what a session left behind asks for nothing in the name of the next", async () => {
  const session = new Session();
  session.open("ana.b.c");
  const ofAna = session.getToken;
  session.close();
  session.open("bia.b.c");
  expect(await ofAna()).toBeNull();
  expect(await session.getToken()).toBe("bia.b.c");
});

test("what comes late from a session does not end the next", async () => {
  const session = new Session();
  session.open("ana.b.c");
  const ofAna = session.getToken;
  session.close();
  session.open("bia.b.c");
  expect(await ofAna({ refresh: true })).toBeNull();
  expect(session.token).toBe("bia.b.c");
});

test("a browser that keeps nothing, as for pages in frames, has a session all the same", () => {
  const forbidden = {
    get: () => {
      throw new DOMException("Access is denied for this document.", "SecurityError");
    },
  };
  vi.stubGlobal("sessionStorage", new Proxy({}, forbidden));
  vi.stubGlobal("localStorage", new Proxy({}, forbidden));
  const session = new Session();
  session.open("a.b.c");
  expect(session.token).toBe("a.b.c");
  keepTheme("dark");
  expect(keptTheme()).toBe("system");
  session.close();
  expect(session.token).toBeNull();
});

const tokenOf = (tenant_id: string, sub: string, exp: number): string =>
  `e30.${btoa(JSON.stringify({ tenant_id, sub, exp }))}.c`;

test("a link that is followed while the app is open leaves no token in the address", () => {
  const session = new Session();
  const stop = session.followAddress();
  session.open(tokenOf("t", "ana", 1));
  globalThis.location.hash = `#token=${tokenOf("t", "bia", 1)}`;
  globalThis.dispatchEvent(new Event("hashchange"));
  expect(globalThis.location.hash).toBe("");
  expect(session.token).toBe(tokenOf("t", "bia", 1));
  stop();
});

test("a token of somebody else begins another session, a fresh one of the same agent does not", async () => {
  const session = new Session();
  session.open(tokenOf("t", "ana", 1));
  const ofAna = session.getToken;
  session.open(tokenOf("t", "ana", 2));
  expect(await ofAna()).toBe(tokenOf("t", "ana", 2));
  session.open(tokenOf("other", "ana", 2));
  expect(await ofAna()).toBeNull();
});
