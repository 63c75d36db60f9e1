import { expect, test } from "vitest";
import { mixed, wavOf } from "./wav";

const view = async (samples: number[]) => {
  const blob = wavOf(new Float32Array(samples), 24_000);
  return new DataView(await blob.arrayBuffer());
};
const words = (data: DataView, at: number, length: number) =>
  String.fromCharCode(...new Uint8Array(data.buffer, at, length));

test("it is a WAV file of one channel, 16 bits and the given rate", async () => {
  const data = await view([0, 0.5]);
  expect(words(data, 0, 4) + words(data, 8, 8) + words(data, 36, 4)).toBe("RIFFWAVEfmt data");
  expect(data.byteLength).toBe(48);
  expect(data.getUint32(4, true)).toBe(40);
  expect([data.getUint16(20, true), data.getUint16(22, true), data.getUint16(34, true)]).toEqual([1, 1, 16]);
  expect([data.getUint32(24, true), data.getUint32(28, true)]).toEqual([24_000, 48_000]);
  expect(data.getUint32(40, true)).toBe(4);
});

test("samples keep their places, and what is too loud is held at the limit", async () => {
  const data = await view([0, 1, -1, 2, -2]);
  expect([0, 1, 2, 3, 4].map((at) => data.getInt16(44 + at * 2, true))).toEqual([
    0, 32767, -32768, 32767, -32768,
  ]);
});

test("channels are heard as one", () => {
  expect([...mixed([new Float32Array([1, 0]), new Float32Array([0, -1])])]).toEqual([0.5, -0.5]);
  expect([...mixed([new Float32Array([0.25])])]).toEqual([0.25]);
});
