import { mixed, WAV_BYTES_A_SECOND, WAV_RATE, wavOf } from "./wav";

export type Failure = "denied" | "missing" | "busy" | "unsupported" | "unreadable";

/** What browsers can record that Meta's surfaces take as it is; a container alone says nothing of what is in it. */
const TAKEN = "audio/mp4;codecs=mp4a.40.2";
const BITS_A_SECOND = 64_000;
const LONGEST_S = 15 * 60;
const SPARE = 0.97;

export interface Format {
  /** What is recorded; null: what the browser likes, to be made into WAV. */
  recorded: string | null;
  longestSeconds: number;
}

/** How to record for a surface: as it takes it where the browser can do that, else made into WAV. */
export function formatFor(
  audio: { max_bytes: number; content_types: string[] },
  supports: (type: string) => boolean,
): Format {
  const taken = audio.content_types.length === 0 || audio.content_types.includes("audio/mp4");
  const asItIs = taken && supports(TAKEN);
  const bytesASecond = asItIs ? BITS_A_SECOND / 8 : WAV_BYTES_A_SECOND;
  const fits = Math.floor((audio.max_bytes * SPARE) / bytesASecond);
  return { recorded: asItIs ? TAKEN : null, longestSeconds: Math.min(LONGEST_S, fits) };
}

/** One recording from the microphone, until it is stopped or thrown away. */
export class Recording {
  readonly #recorder: MediaRecorder;
  readonly #chunks: Blob[] = [];
  readonly #context = new AudioContext();
  readonly #analyser: AnalyserNode;
  readonly #wave: Uint8Array<ArrayBuffer>;

  private constructor(
    private readonly stream: MediaStream,
    private readonly format: Format,
  ) {
    this.#recorder = new MediaRecorder(stream, {
      audioBitsPerSecond: BITS_A_SECOND,
      ...(format.recorded === null ? {} : { mimeType: format.recorded }),
    });
    this.#recorder.ondataavailable = ({ data }) => this.#chunks.push(data);
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 512;
    this.#wave = new Uint8Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
    this.#recorder.start(1000);
  }

  /** Asks for the microphone. Throws what the browser throws. */
  static async start(format: Format): Promise<Recording> {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true },
    });
    try {
      return new Recording(stream, format);
    } catch (error) {
      turnOff(stream);
      throw error;
    }
  }

  /** How loud it is now, 0 to 1. */
  level(): number {
    this.#analyser.getByteTimeDomainData(this.#wave);
    const sum = this.#wave.reduce((total, each) => total + ((each - 128) / 128) ** 2, 0);
    return Math.min(1, Math.sqrt(sum / this.#wave.length) * 3);
  }

  /** The file, in a container that the surface takes. */
  async finish(): Promise<File> {
    await new Promise<void>((resolve) => {
      this.#recorder.onstop = () => resolve();
      if (this.#recorder.state === "inactive") resolve();
      else this.#recorder.stop();
    });
    this.#release();
    const recorded = new Blob(this.#chunks, { type: this.#recorder.mimeType });
    return this.format.recorded === null
      ? named(await asWav(recorded), "wav", "audio/wav")
      : named(recorded, "m4a", "audio/mp4");
  }

  discard(): void {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#release();
  }

  #release(): void {
    turnOff(this.stream);
    if (this.#context.state !== "closed") void this.#context.close();
  }
}

/** The browser says that it listens for as long as a track of it is left. */
function turnOff(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

const named = (sound: Blob, ending: string, type: string): File =>
  new File([sound], `audio.${ending}`, { type });

/** Decoding by a context brings the sound to that context's rate. */
async function asWav(sound: Blob): Promise<Blob> {
  const context = new OfflineAudioContext(1, 1, WAV_RATE);
  const decoded = await context.decodeAudioData(await sound.arrayBuffer());
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, number) =>
    decoded.getChannelData(number),
  );
  return wavOf(mixed(channels), decoded.sampleRate);
}

/** Why there is no recording, by what the browser threw. */
export function failureOf(error: unknown): Failure {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return canRecord() ? "unreadable" : "unsupported";
}

/** Pages that came by plain http have no microphone at all. */
export const canRecord = (): boolean =>
  typeof MediaRecorder === "function" &&
  typeof AudioContext === "function" &&
  typeof (navigator as Partial<Navigator>).mediaDevices?.getUserMedia === "function";
