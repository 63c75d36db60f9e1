import { InfiniteQueryObserver, keepPreviousData, type QueryClient } from "@tanstack/react-query";
import type { MetaInboxClient } from "@/api/client";
import type { Conversation, ConversationPage } from "@/api/types";
import { keys, type ConversationFilter } from "@/lib/keys";
import type { ConversationPages } from "@/lib/pages";
import { mergeLists } from "./merge";

type Key = ReturnType<typeof keys.conversations>;
type Observer = InfiniteQueryObserver<ConversationPage, Error, ConversationPages, Key, string | undefined>;

export interface Shown {
  conversations: readonly Conversation[];
  /** `pending`: nothing to show yet; `error`: of no account anything could be read. */
  state: "pending" | "error" | "ready";
  error: Error | null;
  /** Accounts of which nothing, or nothing more, could be read; the others are shown. */
  failed: readonly string[];
  hasMore: boolean;
  isLoadingMore: boolean;
  /** What was sought before is shown until the answer is there. */
  isStale: boolean;
}

const PENDING: Shown = {
  conversations: [],
  state: "pending",
  error: null,
  failed: [],
  hasMore: true,
  isLoadingMore: false,
  isStale: false,
};
const A_PAGE = 40;

/** How the conversations of an account are read; the live connection keeps them true from then on. */
export function listOptions(
  client: MetaInboxClient,
  account: string,
  filter: ConversationFilter,
  limit = A_PAGE,
) {
  const query = { limit, ...(filter.q ? { q: filter.q } : {}), ...(filter.unread ? { unread: true } : {}) };
  return {
    queryKey: keys.conversations(account, filter),
    queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
      client.conversations(
        account,
        pageParam === undefined ? query : { ...query, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: ConversationPage) => page.next_cursor ?? undefined,
    staleTime: Infinity,
    gcTime: filter.q ? 60_000 : 30 * 60_000,
    // Comparing by place would make new objects of all that moved, and every row would be drawn again.
    structuralSharing: false as const,
  };
}

/** The lists of several accounts, read as far as they are looked at, as one. */
export class ConversationLists {
  readonly #observers = new Map<string, Observer>();
  readonly #unsubscribe = new Map<string, () => void>();
  readonly #watchers = new Set<() => void>();
  #flat = new WeakMap<ConversationPages, Conversation[]>();
  #shown: Shown | null = null;
  #wanted: readonly string[] = [];

  constructor(
    private readonly client: MetaInboxClient,
    private readonly cache: QueryClient,
  ) {}

  show(accounts: readonly string[], filter: ConversationFilter): void {
    for (const account of this.#observers.keys()) if (!accounts.includes(account)) this.#drop(account);
    for (const account of accounts) {
      const options = { ...listOptions(this.client, account, filter), placeholderData: keepPreviousData };
      const known = this.#observers.get(account);
      if (known) known.setOptions(options as never);
      else this.#observers.set(account, new InfiniteQueryObserver(this.cache, options as never) as never);
      if (!known && this.#watchers.size > 0) this.#follow(account);
    }
    this.#changed();
  }

  watch = (tell: () => void): (() => void) => {
    this.#watchers.add(tell);
    if (this.#watchers.size === 1) for (const account of this.#observers.keys()) this.#follow(account);
    return () => {
      this.#watchers.delete(tell);
      if (this.#watchers.size > 0) return;
      for (const stop of this.#unsubscribe.values()) stop();
      this.#unsubscribe.clear();
    };
  };

  shown = (): Shown => (this.#shown ??= this.#read());

  /** Reads on where that is needed to show more. Does nothing while it is being read. */
  more = (): void => {
    for (const account of this.#wanted) {
      const observer = this.#observers.get(account);
      const result = observer?.getCurrentResult();
      if (result && !result.isFetching && result.hasNextPage && !result.isFetchNextPageError)
        void observer?.fetchNextPage();
    }
  };

  /** Reads again what could not be read. */
  retry = (): void => {
    for (const observer of this.#observers.values()) {
      const result = observer.getCurrentResult();
      if (result.isFetchNextPageError) void observer.fetchNextPage();
      else if (result.isError) void observer.refetch();
    }
  };

  #follow(account: string): void {
    const observer = this.#observers.get(account);
    if (observer) this.#unsubscribe.set(account, observer.subscribe(this.#changed));
  }

  #drop(account: string): void {
    this.#unsubscribe.get(account)?.();
    this.#unsubscribe.delete(account);
    this.#observers.delete(account);
  }

  #changed = (): void => {
    this.#shown = null;
    for (const tell of this.#watchers) tell();
  };

  #read(): Shown {
    const all = [...this.#observers].map(([account, observer]) => ({
      account,
      result: observer.getCurrentResult(),
    }));
    if (all.length === 0) return PENDING;
    const readable = all.filter(({ result }) => !(result.isError && result.data === undefined));
    const { conversations, wanted } = mergeLists(
      readable.map(({ account, result: { data, hasNextPage } }) => ({
        account,
        conversations: data ? this.#of(data) : [],
        hasMore: data === undefined || hasNextPage,
      })),
    );
    this.#wanted = wanted;
    const waits = readable.some(({ result }) => result.data === undefined);
    return {
      conversations,
      state: readable.length === 0 ? "error" : waits ? "pending" : "ready",
      error: all.find(({ result }) => result.isError)?.result.error ?? null,
      failed: all.filter(({ result }) => result.isError).map(({ account }) => account),
      hasMore: wanted.length > 0,
      isLoadingMore: all.some(({ result }) => result.isFetchingNextPage),
      isStale: all.some(({ result }) => result.isPlaceholderData),
    };
  }

  /** Each once: what moved while the next page was read may be in both. */
  #of(pages: ConversationPages): Conversation[] {
    const known = this.#flat.get(pages);
    if (known) return known;
    const seen = new Set<string>();
    const flat: Conversation[] = [];
    for (const { conversations } of pages.pages)
      for (const each of conversations) {
        if (!seen.has(each.contact_id)) flat.push(each);
        seen.add(each.contact_id);
      }
    this.#flat.set(pages, flat);
    return flat;
  }
}
