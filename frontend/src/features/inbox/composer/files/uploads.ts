import type { MetaInboxClient } from "@/api/client";
import { ApiProblem } from "@/api/errors";
import type { Capabilities, OutgoingContent } from "@/api/types";
import { randomKey } from "@/lib/random-key";
import { asKind, judged, type Kind, type Verdict } from "./file-check";

export interface Item {
  id: string;
  file: File;
  kind: Kind;
  state: "waiting" | "uploading" | "done" | "failed" | "refused";
  /** The part that is gone, 0 to 1. */
  part: number;
  /** Shown while it is not sent; ours alone, and given back with the item. */
  preview: string | null;
  verdict: Verdict;
  error: unknown;
  mediaId: string | null;
}

type Media = Capabilities["media"];

const BUSY_TRIES = 8;
const NONE: readonly Item[] = [];

/** Files that are to be sent: judged, then uploaded one after the other while their text is still being written. */
export class Uploads {
  #items: readonly Item[] = NONE;
  readonly #watchers = new Set<() => void>();
  readonly #aborts = new Map<string, AbortController>();
  #media: Media = {};
  #running = false;

  constructor(private readonly client: Pick<MetaInboxClient, "upload">) {}

  watch = (tell: () => void): (() => void) => {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  };

  items = (): readonly Item[] => this.#items;

  add(files: File[], media: Media): Item[] {
    this.#media = media;
    const added = files.map((file) => asItem(file, media));
    this.#put([...this.#items, ...added]);
    void this.#run();
    return added;
  }

  retry(id: string): void {
    this.#change(id, { state: "waiting", part: 0, error: null });
    void this.#run();
  }

  /** Takes it away, whatever it is doing. */
  remove(id: string): void {
    this.#aborts.get(id)?.abort();
    const gone = this.#items.find((each) => each.id === id);
    if (gone?.preview) URL.revokeObjectURL(gone.preview);
    this.#put(this.#items.filter((each) => each.id !== id));
  }

  clear(): void {
    for (const { id } of this.#items) this.remove(id);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) await this.#upload(next);
    } finally {
      this.#running = false;
    }
  }

  #next(): Item | undefined {
    return this.#items.find(({ state }) => state === "waiting");
  }

  async #upload({ id, file, kind }: Item): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    this.#change(id, { state: "uploading" });
    try {
      const told = (part: number) => this.#change(id, { part });
      const {
        id: mediaId,
        content_type,
        size,
      } = await whenFree(() => this.client.upload(file, told, abort.signal), abort.signal);
      // What it is, the service reads in its bytes.
      const verdict = asKind(content_type, size, kind, this.#media);
      this.#change(id, verdict.ok ? { state: "done", part: 1, mediaId } : { state: "refused", verdict });
    } catch (error) {
      if (!abort.signal.aborted) this.#change(id, { state: "failed", error });
    } finally {
      this.#aborts.delete(id);
    }
  }

  #change(id: string, change: Partial<Item>): void {
    this.#put(this.#items.map((each) => (each.id === id ? { ...each, ...change } : each)));
  }

  #put(items: readonly Item[]): void {
    this.#items = items;
    for (const tell of this.#watchers) tell();
  }
}

function asItem(file: File, media: Media): Item {
  const verdict = judged(file, media);
  const shown = verdict.ok && (verdict.kind === "image" || verdict.kind === "video");
  return {
    id: randomKey(),
    file,
    kind: verdict.kind,
    state: verdict.ok ? "waiting" : "refused",
    part: 0,
    preview: shown ? URL.createObjectURL(file) : null,
    verdict,
    error: null,
    mediaId: null,
  };
}

/** The service reads a few uploads at a time: the others wait for as long as it says. */
export async function whenFree<T>(upload: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await upload();
    } catch (error) {
      const busy = error instanceof ApiProblem && (error.status === 429 || error.status === 503);
      if (!busy || tries >= BUSY_TRIES || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, (error.retryAfter ?? 2) * 1000));
      signal.throwIfAborted();
    }
  }
}

/** The messages that the files become, in their order: neighbouring pictures go together where that is possible. */
export function contentsOf(items: readonly Item[], can: Capabilities): OutgoingContent[] {
  const done = items.flatMap(({ kind, mediaId }) => (mediaId === null ? [] : [{ kind, media_id: mediaId }]));
  const together = can.sends.includes("images") ? can.max_images : 1;
  const groups: (typeof done)[] = [];
  for (const file of done) {
    const last = groups.at(-1);
    const joins = file.kind === "image" && last?.[0]?.kind === "image" && last.length < together;
    if (last && joins) last.push(file);
    else groups.push([file]);
  }
  return groups.flatMap((group): OutgoingContent[] => {
    const [first] = group;
    if (first === undefined) return [];
    if (group.length === 1) return [{ type: first.kind, media_id: first.media_id }];
    return [{ type: "images", items: group.map(({ media_id }) => ({ media_id })) }];
  });
}
