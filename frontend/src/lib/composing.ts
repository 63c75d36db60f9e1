import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { Me } from "@/api/types";
import { keep, readKept } from "./kept";
import { keys } from "./keys";

const KEPT = "meta-inbox.draft.";
const WRITTEN_AFTER_MS = 400;
const FORGOTTEN_AFTER_MS = 30 * 24 * 60 * 60 * 1000;

interface Kept {
  text: string;
  at: number;
}

/** What an agent is writing in each conversation: kept over a change of conversation and a reload. */
export class Composing {
  readonly #texts = new Map<string, string>();
  readonly #watchers = new Set<() => void>();
  readonly #unwritten = new Set<string>();
  readonly #wanted = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `agent`: whose it is; others who sit at the same computer do not see it. */
  constructor(private readonly agent: () => string = () => "") {}

  watch = (tell: () => void): (() => void) => {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  };

  of(account: string, contact: string): string {
    const place = this.#placeOf(account, contact);
    const known = this.#texts.get(place);
    if (known !== undefined) return known;
    const kept = read(place)?.text ?? "";
    this.#texts.set(place, kept);
    return kept;
  }

  set(account: string, contact: string, text: string): void {
    const place = this.#placeOf(account, contact);
    this.#texts.set(place, text);
    this.#unwritten.add(place);
    clearTimeout(this.#timer);
    if (text === "") this.write();
    else this.#timer = setTimeout(this.write, WRITTEN_AFTER_MS);
    for (const tell of this.#watchers) tell();
  }

  /** Puts a text that was not sent back where it can be changed, after what is being written there. */
  restore(account: string, contact: string, text: string): void {
    const before = this.of(account, contact);
    this.set(account, contact, before.trim() === "" ? text : `${before}\n${text}`);
    for (const want of this.#wanted) want();
  }

  /** Is told when somebody wants to go on writing. */
  onWanted(tell: () => void): () => void {
    this.#wanted.add(tell);
    return () => this.#wanted.delete(tell);
  }

  /** Does at once what is otherwise done a moment after the last change. */
  write = (): void => {
    clearTimeout(this.#timer);
    for (const place of this.#unwritten) write(place, this.#texts.get(place) ?? "");
    this.#unwritten.clear();
  };

  #placeOf(account: string, contact: string): string {
    return `${this.agent()}.${account}.${contact}`;
  }
}

function read(place: string): Kept | null {
  try {
    return asKept(readKept(KEPT + place));
  } catch {
    return null;
  }
}

function write(place: string, text: string): void {
  keep(KEPT + place, text === "" ? null : JSON.stringify({ text, at: Date.now() } satisfies Kept));
}

function asKept(value: string | null): Kept | null {
  const parsed: unknown = value === null ? null : JSON.parse(value);
  const ok =
    typeof parsed === "object" &&
    parsed !== null &&
    "text" in parsed &&
    typeof parsed.text === "string" &&
    "at" in parsed &&
    typeof parsed.at === "number";
  return ok ? (parsed as Kept) : null;
}

/** Takes away what nobody went on with for a month. */
export function forgetOldDrafts(now = Date.now()): void {
  try {
    const places = Object.keys(localStorage).filter((key) => key.startsWith(KEPT));
    for (const key of places) {
      const kept = read(key.slice(KEPT.length));
      if (kept === null || kept.at < now - FORGOTTEN_AFTER_MS) localStorage.removeItem(key);
    }
  } catch {
    // Nothing is kept, so that nothing is old.
  }
}

const known = new WeakMap<QueryClient, Composing>();

/** One for each session: whose it is, the service has said. */
export function composingOf(cache: QueryClient): Composing {
  const found = known.get(cache);
  if (found) return found;
  const made = new Composing(() => {
    const me = cache.getQueryData<Me>(keys.me);
    return me ? `${me.tenant_id} ${me.user_id}` : "";
  });
  known.set(cache, made);
  globalThis.addEventListener("pagehide", made.write);
  return made;
}

export const useComposing = (): Composing => composingOf(useQueryClient());

forgetOldDrafts();
