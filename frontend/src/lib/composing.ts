const KEPT = "meta-inbox.draft.";
const WRITTEN_AFTER_MS = 400;
const FORGOTTEN_AFTER_MS = 30 * 24 * 60 * 60 * 1000;

interface Kept {
  text: string;
  at: number;
}

/** What is being written in each conversation: kept over a change of conversation and a reload. */
export class Composing {
  readonly #texts = new Map<string, string>();
  readonly #watchers = new Set<() => void>();
  readonly #unwritten = new Set<string>();
  readonly #wanted = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  watch = (tell: () => void): (() => void) => {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  };

  of(account: string, contact: string): string {
    const place = placeOf(account, contact);
    const known = this.#texts.get(place);
    if (known !== undefined) return known;
    const kept = read(place)?.text ?? "";
    this.#texts.set(place, kept);
    return kept;
  }

  set(account: string, contact: string, text: string): void {
    const place = placeOf(account, contact);
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
    for (const place of this.#unwritten) keep(place, this.#texts.get(place) ?? "");
    this.#unwritten.clear();
  };
}

const placeOf = (account: string, contact: string): string => `${account}.${contact}`;

function read(place: string): Kept | null {
  try {
    return asKept(localStorage.getItem(KEPT + place));
  } catch {
    return null;
  }
}

function keep(place: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(KEPT + place);
    else localStorage.setItem(KEPT + place, JSON.stringify({ text, at: Date.now() } satisfies Kept));
  } catch {
    // A browser that keeps nothing loses it with the page.
  }
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

/** One for the page: texts belong to conversations, whoever shows them. */
export const composing = new Composing();

if (typeof globalThis.addEventListener === "function") {
  globalThis.addEventListener("pagehide", composing.write);
  forgetOldDrafts();
}

/** Puts the text of a message that was refused back into the composer of its conversation. */
export function restore(account: string, contact: string, text: string): void {
  composing.restore(account, contact, text);
}
