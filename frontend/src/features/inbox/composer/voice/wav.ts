export const WAV_RATE = 24_000;
export const WAV_BYTES_A_SECOND = WAV_RATE * 2;
const HEAD = 44;

/** Sound as a WAV file: one channel, 16 bits, which every surface takes. */
export function wavOf(samples: Float32Array, rate: number): Blob {
  const view = new DataView(new ArrayBuffer(HEAD + samples.length * 2));
  const words = (at: number, text: string) => {
    for (let index = 0; index < text.length; index += 1) view.setUint8(at + index, text.charCodeAt(index));
  };
  words(0, "RIFF");
  view.setUint32(4, HEAD - 8 + samples.length * 2, true);
  words(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // bytes of what follows of the format
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true); // bytes of a sample
  view.setUint16(34, 16, true);
  words(36, "data");
  view.setUint32(40, samples.length * 2, true);
  for (const [index, sample] of samples.entries()) {
    const held = Math.max(-1, Math.min(1, sample));
    view.setInt16(HEAD + index * 2, Math.round(held * (held < 0 ? 0x8000 : 0x7fff)), true);
  }
  return new Blob([view.buffer], { type: "audio/wav" });
}

/** All channels as one. */
export function mixed(channels: Float32Array[]): Float32Array {
  const [first] = channels;
  if (first === undefined) return new Float32Array();
  if (channels.length === 1) return first;
  return first.map(
    (_, at) => channels.reduce((sum, channel) => sum + (channel[at] ?? 0), 0) / channels.length,
  );
}
