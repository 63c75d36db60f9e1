import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiProblem, Unreachable } from "@/api/errors";
import type { Capabilities, Uploaded } from "@/api/types";
import { contentsOf, Uploads } from "./uploads";

interface Upload {
  name: string;
  told: (part: number) => void;
  signal: AbortSignal;
  answer: (uploaded: Uploaded) => void;
  fail: (error: unknown) => void;
}

let asked: Upload[];
let uploads: Uploads;

const media = {
  image: { max_bytes: 8_000_000, content_types: ["image/png"] },
  file: { max_bytes: 8_000_000, content_types: ["application/pdf"] },
};

beforeEach(() => {
  vi.useFakeTimers();
  URL.createObjectURL = vi.fn(() => "blob:1");
  URL.revokeObjectURL = vi.fn();
  asked = [];
  uploads = new Uploads({
    upload: (file, told, signal) =>
      new Promise((answer, fail) => {
        signal?.addEventListener("abort", () => fail(new DOMException("", "AbortError")));
        asked.push({
          name: file.name,
          told: told ?? (() => undefined),
          signal: signal as AbortSignal,
          answer,
          fail,
        });
      }),
  });
});

afterEach(() => vi.useRealTimers());

const png = (name: string) => new File(["png"], name, { type: "image/png" });
const pdf = (name: string) => new File(["pdf"], name, { type: "application/pdf" });
const taken = (id: string, content_type = "image/png"): Uploaded => ({ id, content_type, size: 3 });
const settled = () => vi.advanceTimersByTimeAsync(0);
const states = () => uploads.items().map(({ state }) => state);
const nth = (number: number): Upload => {
  const found = asked[number];
  if (!found) throw new Error("it was not asked for");
  return found;
};

test("files are uploaded one after the other, and tell how far they are", async () => {
  uploads.add([png("a.png"), pdf("b.pdf")], media);
  expect(states()).toEqual(["uploading", "waiting"]);
  nth(0).told(0.5);
  expect(uploads.items()[0]?.part).toBe(0.5);
  nth(0).answer(taken("m1"));
  await settled();
  expect(states()).toEqual(["done", "uploading"]);
  expect(nth(1).name).toBe("b.pdf");
});

test("what the surface does not take is never uploaded", () => {
  uploads.add([new File(["x"], "a.webp", { type: "image/webp" })], media);
  expect(states()).toEqual(["refused"]);
  expect(asked).toEqual([]);
});

test("what the service finds to be something else is refused then", async () => {
  uploads.add([png("a.png")], media);
  nth(0).answer(taken("m1", "image/webp"));
  await settled();
  expect(uploads.items()[0]).toMatchObject({ state: "refused", mediaId: null, verdict: { why: "type" } });
});

test("a file that is taken away stops, gives its preview back, and the next one goes", async () => {
  const [first] = uploads.add([png("a.png"), png("b.png")], media);
  uploads.remove(first?.id ?? "");
  await settled();
  expect(nth(0).signal.aborted).toBe(true);
  expect(URL.revokeObjectURL).toHaveBeenCalledWith("blob:1");
  expect(uploads.items().map(({ file, state }) => [file.name, state])).toEqual([["b.png", "uploading"]]);
});

test("what failed stays, and can be tried again", async () => {
  const [item] = uploads.add([png("a.png")], media);
  nth(0).fail(new Unreachable("gone"));
  await settled();
  expect(states()).toEqual(["failed"]);
  uploads.retry(item?.id ?? "");
  nth(1).answer(taken("m1"));
  await settled();
  expect(states()).toEqual(["done"]);
});

test("a busy service is asked again by itself, after the time that it names", async () => {
  uploads.add([png("a.png")], media);
  nth(0).fail(new ApiProblem(429, "rate_limited", "", 2));
  await vi.advanceTimersByTimeAsync(1999);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveLength(2);
  expect(states()).toEqual(["uploading"]);
});

test("neighbouring pictures go as one message where the surface has that", async () => {
  uploads.add([png("a"), png("b"), pdf("c"), png("d")], media);
  for (const id of ["m1", "m2", "m3", "m4"]) {
    asked.at(-1)?.answer(taken(id, id === "m3" ? "application/pdf" : "image/png"));
    await settled();
  }
  const can = { sends: ["images"], max_images: 10 } as Capabilities;
  expect(contentsOf(uploads.items(), can)).toEqual([
    { type: "images", items: [{ media_id: "m1" }, { media_id: "m2" }] },
    { type: "file", media_id: "m3" },
    { type: "image", media_id: "m4" },
  ]);
  expect(contentsOf(uploads.items(), { ...can, sends: [] })).toHaveLength(4);
  expect(contentsOf(uploads.items(), { ...can, max_images: 1 })).toHaveLength(4);
});
