import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMetaInboxClient } from "@/api/client";
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
  await expect(ofAna()).rejects.toThrow("the session is over");
  expect(await session.getToken()).toBe("bia.b.c");
});

test("what is left of a session asks the service for nothing", async () => {
  const session = new Session();
  session.open("ana.b.c");
  const asked = vi.fn(fetch);
  const client = createMetaInboxClient({ baseUrl: "", getToken: session.getToken, fetch: asked });
  session.close();
  await expect(client.markRead({ account: "a1", contact: "c1" })).rejects.toMatchObject({ status: 401 });
  expect(asked).not.toHaveBeenCalled();
});

test("what comes late from a session does not end the next", async () => {
  const session = new Session();
  session.open("ana.b.c");
  const ofAna = session.getToken;
  session.close();
  session.open("bia.b.c");
  await expect(ofAna({ refresh: true })).rejects.toThrow("the session is over");
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
  await expect(ofAna()).rejects.toThrow("the session is over");
});
