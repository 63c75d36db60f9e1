import type { QueryClient } from "@tanstack/react-query";
import type { MetaInboxClient } from "@/api/client";
import type { LiveEvent } from "@/api/types";
import { applyEvents } from "./live-cache";
import { LiveConnection, type LiveState } from "./live-connection";

type Listener = (events: LiveEvent[]) => void;

/** Names of what events are about. */
const TOLD = new Set<unknown>(["accounts", "account", "conversations", "conversation", "messages"]);
const REMEMBERED_MS = 60_000;
/** From one page of a host's to the next, it must not begin anew. */
const KEPT_FOR_MS = 2000;

/** Keeps a cache true by the live connection; one for all components that share a client. */
export class LiveSync {
  state: LiveState = "connecting";
  readonly #connection: LiveConnection;
  readonly #watchers = new Set<() => void>();
  readonly #listeners = new Set<Listener>();
  readonly #recent: { at: number; events: LiveEvent[] }[] = [];
  readonly #fetchBegan = new Map<string, number>();
  #users = 0;
  #stopWatching: (() => void) | undefined;
  #ending: ReturnType<typeof setTimeout> | undefined;

  constructor(
    client: MetaInboxClient,
    private readonly cache: QueryClient,
  ) {
    this.#connection = new LiveConnection(client, {
      onEvents: (events) => this.#take(events),
      onResync: () => void cache.invalidateQueries(),
      onBegun: () => this.#readAgain(),
      onState: (state) => {
        this.state = state;
        for (const tell of this.#watchers) tell();
      },
    });
  }

  /** Runs while anybody uses it, and for a moment longer. */
  use(): () => void {
    this.#users += 1;
    clearTimeout(this.#ending);
    this.#stopWatching ??= this.#watchFetches();
    this.#connection.start();
    return () => {
      this.#users -= 1;
      if (this.#users === 0) this.#ending = setTimeout(() => this.#stop(), KEPT_FOR_MS);
    };
  }

  #stop(): void {
    this.#connection.stop();
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  watch = (tell: () => void): (() => void) => {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  };

  /** Is told every batch of events, after the cache has them. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #take(events: LiveEvent[]): void {
    const now = Date.now();
    this.#recent.push({ at: now, events });
    while (this.#recent[0] && this.#recent[0].at < now - REMEMBERED_MS) this.#recent.shift();
    applyEvents(this.cache, events);
    for (const tell of this.#listeners) tell(events);
  }

  // Between a list that was read and the connection that followed something may have happened. What is being
  // read is not broken off for that, and what nobody looks at is read when somebody does.
  #readAgain(): void {
    for (const query of this.cache.getQueryCache().findAll()) {
      if (!TOLD.has(query.queryKey[0])) continue;
      const again = () => this.cache.invalidateQueries({ queryKey: query.queryKey, exact: true });
      void (query.state.fetchStatus === "idle" ? again() : query.promise?.then(again, again));
    }
  }

  // What was read before an event may arrive after it, and would undo it: it is applied once more.
  #watchFetches(): () => void {
    return this.cache.getQueryCache().subscribe((notice) => {
      if (notice.type !== "updated") return;
      const { queryHash } = notice.query;
      if (notice.action.type === "fetch") this.#fetchBegan.set(queryHash, Date.now());
      if (notice.action.type !== "success" || notice.action.manual) return;
      const began = this.#fetchBegan.get(queryHash);
      this.#fetchBegan.delete(queryHash);
      const missed = this.#recent.filter(({ at }) => began !== undefined && at >= began);
      for (const { events } of missed) queueMicrotask(() => applyEvents(this.cache, events));
    });
  }
}
