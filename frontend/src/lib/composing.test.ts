import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Composing, forgetOldDrafts } from "./composing";

let composing: Composing;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  composing = new Composing();
});

afterEach(() => vi.useRealTimers());

const afterReload = () => new Composing().of("a1", "c1");

test("a draft survives a reload, a moment after it was written", () => {
  composing.set("a1", "c1", "Oi");
  expect(afterReload()).toBe("");
  vi.advanceTimersByTime(400);
  expect(afterReload()).toBe("Oi");
});

test("each conversation has its own", () => {
  composing.set("a1", "c1", "Oi");
  expect(composing.of("a1", "c2")).toBe("");
  expect(composing.of("a2", "c1")).toBe("");
});

test("what an agent wrote is not shown to the next one at the same computer", () => {
  const [ana, bia] = ["demo ana", "demo bia"].map((agent) => new Composing(() => agent));
  ana?.set("a1", "c1", "Vou ver com o gerente");
  ana?.write();
  expect(bia?.of("a1", "c1")).toBe("");
  expect(new Composing(() => "demo ana").of("a1", "c1")).toBe("Vou ver com o gerente");
});

test("two conversations written in quick succession are both kept", () => {
  composing.set("a1", "c1", "Oi");
  composing.set("a1", "c2", "Olá");
  composing.write();
  expect(new Composing().of("a1", "c2")).toBe("Olá");
  expect(afterReload()).toBe("Oi");
});

test("what was sent is not there any more, at once", () => {
  composing.set("a1", "c1", "Oi");
  composing.write();
  composing.set("a1", "c1", "");
  expect(afterReload()).toBe("");
  expect(localStorage).toHaveLength(0);
});

test("a text that comes back goes after what is being written, and asks for the focus", () => {
  const wanted = vi.fn();
  composing.onWanted(wanted);
  composing.set("a1", "c1", "E o prazo?");
  composing.restore("a1", "c1", "Oi");
  expect(composing.of("a1", "c1")).toBe("E o prazo?\nOi");
  expect(wanted).toHaveBeenCalledOnce();
});

test("a text that comes back to an empty composer is as it was", () => {
  composing.restore("a1", "c1", "Oi");
  expect(composing.of("a1", "c1")).toBe("Oi");
});

test("drafts of more than a month are forgotten, and what is unreadable", () => {
  composing.set("a1", "c1", "Oi");
  composing.write();
  localStorage.setItem("meta-inbox.draft.a1.c2", "{");
  vi.setSystemTime(Date.now() + 29 * 86_400_000);
  forgetOldDrafts();
  expect(afterReload()).toBe("Oi");
  vi.setSystemTime(Date.now() + 2 * 86_400_000);
  forgetOldDrafts();
  expect(localStorage).toHaveLength(0);
});

test("without a place to keep it, it is there as long as the page", () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  composing.set("a1", "c1", "Oi");
  composing.write();
  expect(composing.of("a1", "c1")).toBe("Oi");
});
