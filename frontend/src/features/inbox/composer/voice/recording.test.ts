import { afterEach, expect, test, vi } from "vitest";
import { failureOf, formatFor, Recording } from "./recording";

afterEach(() => vi.unstubAllGlobals());

const MB = 1024 * 1024;
const instagram = { max_bytes: 25 * MB, content_types: ["audio/aac", "audio/mp4", "audio/wav"] };
const messenger = { max_bytes: 25 * MB, content_types: [] };
const safari = (type: string) => type.startsWith("audio/mp4");
const firefox = (type: string) => type.startsWith("audio/ogg");
// It says that it records MP4, but puts Opus into it, which Meta does not play.
const chromium = (type: string) => ["audio/webm", "audio/mp4", "audio/mp4;codecs=opus"].includes(type);

test("a browser that records AAC records what is sent", () => {
  expect(formatFor(instagram, safari)).toEqual({
    recorded: "audio/mp4;codecs=mp4a.40.2",
    longestSeconds: 900,
  });
  expect(formatFor(messenger, safari).recorded).toBe("audio/mp4;codecs=mp4a.40.2");
});

test.each([
  ["Firefox", firefox],
  ["Chromium", chromium],
])("what %s records is made into WAV, for as long as that fits", (_, supports) => {
  expect(formatFor(instagram, supports)).toEqual({ recorded: null, longestSeconds: 529 });
});

test("a surface that takes no MP4 is given WAV", () => {
  expect(formatFor({ ...instagram, content_types: ["audio/wav"] }, safari).recorded).toBeNull();
});

test.each([
  ["NotAllowedError", "denied"],
  ["NotFoundError", "missing"],
  ["NotReadableError", "busy"],
])("%s says that the microphone is %s", (name, failure) => {
  expect(failureOf(new DOMException("", name))).toBe(failure);
});

test("a recorder that does not start leaves no microphone on", async () => {
  const track = { stop: vi.fn() };
  const getUserMedia = () => Promise.resolve({ getTracks: () => [track] });
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
  vi.stubGlobal("AudioContext", vi.fn());
  vi.stubGlobal("MediaRecorder", () => {
    throw new DOMException("", "NotSupportedError");
  });
  await expect(Recording.start({ recorded: null, longestSeconds: 1 })).rejects.toThrow();
  expect(track.stop).toHaveBeenCalledOnce();
});

test("a browser without a recorder is said to be one", () => {
  expect(failureOf(new TypeError("undefined"))).toBe("unsupported");
});
