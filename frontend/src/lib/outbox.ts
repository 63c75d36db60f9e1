import type { QueryClient } from "@tanstack/react-query";
import type { MetaInboxClient } from "@/api/client";
import { ApiProblem, isPassing } from "@/api/errors";
import type { LiveEvent, Message, Outgoing } from "@/api/types";
import { putAnswer } from "./answers";
import { randomKey } from "./random-key";

/** A message that the service has not answered for yet. */
export interface Pending {
  /** The `Idempotency-Key`: however often it is posted, it is sent once. */
  key: string;
  body: Outgoing;
  /** RFC 3339. */
  startedAt: string;
  /** `posting`; `waiting`: the service did not answer, it is tried again by itself; `refused`: nothing was sent. */
  state: "posting" | "waiting" | "refused";
  error: unknown;
  /** Our id of the message, when the live connection told of it before the answer came: it is shown as that. */
  shownAs: string | null;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
const NONE: readonly Pending[] = [];

/** What agents sent from here and the service has not answered yet; each conversation's in order, one at a time. */
export class Outbox {
  readonly #waiting = new Map<string, readonly Pending[]>();
  readonly #watchers = new Set<() => void>();
  readonly #running = new Set<string>();
  readonly #sleepers = new Set<() => void>();
  // A page that has not got rid of what was sent is not left without a question.
  readonly #ask = (event: BeforeUnloadEvent): void => event.preventDefault();

  constructor(
    private readonly client: MetaInboxClient,
    private readonly cache: QueryClient,
  ) {}

  watch = (tell: () => void): (() => void) => {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  };

  of(account: string, contact: string): readonly Pending[] {
    return this.#of(placeOf(account, contact));
  }

  /** Whether something would be lost with the page. */
  isBusy(): boolean {
    return [...this.#waiting.values()].flat().some(({ state }) => state !== "refused");
  }

  send(body: Outgoing): void {
    const place = placeOf(body.account_id, body.recipient_id);
    const startedAt = new Date().toISOString();
    const pending: Pending = {
      key: randomKey(),
      body,
      startedAt,
      state: "posting",
      error: null,
      shownAs: null,
    };
    this.#put(place, [...this.#of(place), pending]);
    void this.#run(place);
  }

  /** Takes a refused one away. */
  discard({ key, body }: Pending): void {
    const place = placeOf(body.account_id, body.recipient_id);
    this.#put(
      place,
      this.#of(place).filter((each) => each.key !== key),
    );
  }

  /** The service is there again, by all signs: what waits is tried now. */
  hurry = (): void => {
    for (const wake of this.#sleepers) wake();
  };

  /** A message of ours that the live connection tells of stands in for the one that waits for its answer. */
  notice(events: LiveEvent[]): void {
    for (const event of events) {
      if (event.type === "message.created" && event.data.message.origin === "agent")
        this.#claim(event.data.message);
    }
  }

  #claim(message: Message): void {
    const place = placeOf(message.account_id, message.contact_id);
    // One is under way at a time, so that it alone can have become a message.
    const next = this.#next(place);
    if (next?.shownAs === null && isOf(message, next)) this.#change(place, next.key, { shownAs: message.id });
  }

  async #run(place: string): Promise<void> {
    if (this.#running.has(place)) return;
    this.#running.add(place);
    try {
      for (let next = this.#next(place); next; next = this.#next(place)) await this.#post(place, next);
    } finally {
      this.#running.delete(place);
    }
  }

  #next(place: string): Pending | undefined {
    return this.#of(place).find(({ state }) => state !== "refused");
  }

  async #post(place: string, pending: Pending): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      try {
        this.#settle(place, pending, await this.client.send(pending.body, pending.key));
        return;
      } catch (error) {
        if (!isPassing(error) && !isInFlight(error)) {
          this.#refuse(place, pending, error);
          return;
        }
        this.#change(place, pending.key, { state: "waiting", error });
        await this.#sleep(error, failures);
      }
    }
  }

  #sleep(error: unknown, failures: number): Promise<void> {
    const asked = error instanceof ApiProblem && error.retryAfter !== null ? error.retryAfter * 1000 : 0;
    const wait = Math.max(asked, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures));
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, wait);
      // A service that named a time is not to be hurried.
      if (asked === 0) this.#sleepers.add(wake);
    });
  }

  #refuse(place: string, pending: Pending, error: unknown): void {
    const kept = error instanceof ApiProblem ? error.problem.message : undefined;
    if (kept) this.#settle(place, pending, kept);
    else this.#change(place, pending.key, { state: "refused", error, shownAs: null });
  }

  #settle(place: string, { key }: Pending, message: Message): void {
    putAnswer(this.cache, message);
    this.#put(
      place,
      this.#of(place).filter((each) => each.key !== key),
    );
  }

  #change(place: string, key: string, change: Partial<Pending>): void {
    this.#put(
      place,
      this.#of(place).map((each) => (each.key === key ? { ...each, ...change } : each)),
    );
  }

  #of(place: string): readonly Pending[] {
    return this.#waiting.get(place) ?? NONE;
  }

  #put(place: string, pending: readonly Pending[]): void {
    if (pending.length > 0) this.#waiting.set(place, pending);
    else this.#waiting.delete(place);
    if (this.isBusy()) globalThis.addEventListener("beforeunload", this.#ask);
    else globalThis.removeEventListener("beforeunload", this.#ask);
    for (const tell of this.#watchers) tell();
  }
}

const placeOf = (account: string, contact: string): string => `${account} ${contact}`;

const isInFlight = (error: unknown): boolean => error instanceof ApiProblem && error.code === "in_flight";

/** Whether the message can be what is under way: of its kind, its text and its time. */
function isOf(message: Message, { body: { message: content }, startedAt }: Pending): boolean {
  const text = "text" in content ? content.text : null;
  const early = Date.parse(startedAt) - CLOCKS_DIFFER_MS;
  return message.type === content.type && message.text === text && Date.parse(message.created_at) >= early;
}

const CLOCKS_DIFFER_MS = 5 * 60_000;
