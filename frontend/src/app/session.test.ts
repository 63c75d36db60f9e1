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
