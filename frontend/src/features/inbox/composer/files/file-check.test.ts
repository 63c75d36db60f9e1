import { expect, test } from "vitest";
import { asKind, endingsOf, judged, typeOf } from "./file-check";

const MB = 1024 * 1024;
const pictures = { max_bytes: 8 * MB, content_types: ["image/jpeg", "image/png", "image/gif"] };
const any = { max_bytes: 25 * MB, content_types: [] };
const messenger = { image: pictures, video: any, audio: any, file: any };
const instagram = {
  image: pictures,
  video: { max_bytes: 25 * MB, content_types: ["video/mp4", "video/quicktime"] },
  audio: { max_bytes: 25 * MB, content_types: ["audio/aac", "audio/mp4", "audio/wav", "video/mp4"] },
  file: { max_bytes: 25 * MB, content_types: ["application/pdf"] },
};

const file = (name: string, type: string, size = 1000) => ({ name, type, size });

test.each([
  ["a picture", file("a.png", "image/png"), "image"],
  ["a film", file("a.mp4", "video/mp4"), "video"],
  ["a recording", file("a.wav", "audio/wav"), "audio"],
  ["a document", file("a.pdf", "application/pdf"), "file"],
  ["what has no type but an ending", file("FOTO.JPG", ""), "image"],
])("%s goes as what it is", (_, given, kind) => {
  expect(judged(given, instagram)).toEqual({ ok: true, kind });
});

test("what is no picture for Meta goes as a file where any file goes", () => {
  expect(judged(file("a.webp", "image/webp"), messenger)).toEqual({ ok: true, kind: "file" });
  expect(judged(file("a.webp", "image/webp"), instagram)).toMatchObject({
    ok: false,
    why: "type",
    kind: "image",
  });
});

test("a picture that is too large goes as a file where it may", () => {
  expect(judged(file("a.png", "image/png", 9 * MB), messenger)).toEqual({ ok: true, kind: "file" });
  expect(judged(file("a.png", "image/png", 9 * MB), instagram)).toMatchObject({ why: "size", limit: 8 * MB });
});

test("the limit itself is allowed, one byte more is not", () => {
  expect(judged(file("a.pdf", "application/pdf", 25 * MB), instagram).ok).toBe(true);
  expect(judged(file("a.pdf", "application/pdf", 25 * MB + 1), instagram)).toMatchObject({ why: "size" });
});

test("a voice note in Ogg is refused on Instagram before it is uploaded", () => {
  expect(judged(file("a.ogg", "audio/ogg"), instagram)).toMatchObject({
    ok: false,
    why: "type",
    kind: "audio",
  });
});

test("an empty file goes nowhere", () => {
  expect(judged(file("a.pdf", "application/pdf", 0), messenger)).toMatchObject({ ok: false, why: "empty" });
});

test("what the bytes say is judged as well", () => {
  expect(asKind("application/octet-stream", 10, "image", instagram)).toMatchObject({ why: "type" });
  expect(asKind("image/gif", 10, "image", instagram).ok).toBe(true);
});

test("a type with its codec is the type", () => {
  expect(typeOf({ name: "v", type: "audio/mp4;codecs=mp4a.40.2" })).toBe("audio/mp4");
});

test("types are named as people know them, each once", () => {
  expect(endingsOf(["image/jpeg", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav"])).toBe(
    "JPG, M4A, WAV",
  );
});
