import { useInfiniteQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import type { MetaInboxClient } from "@/api/client";
import type { Message, MessagePage } from "@/api/types";
import { keys } from "@/lib/keys";
import type { MessagePages } from "@/lib/pages";
import { useClient } from "@/lib/root";
import { messageIn } from "./rows";

const FIRST_PAGE = 50;
const PAGE = 100;
/** Addresses of files live for half an hour at least. */
const FRESH_MS = 25 * 60_000;
const NONE: readonly MessagePage[] = [];

/** The messages of a conversation as they were read so far, newest page first; the live connection keeps them true. */
export function useMessages(account: string, contact: string) {
  const client = useClient();
  const cache = useQueryClient();
  const key = useMemo(() => keys.messages(account, contact), [account, contact]);
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      client.messages(
        { account, contact },
        pageParam === undefined ? { limit: FIRST_PAGE } : { cursor: pageParam, limit: PAGE },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: MessagePage) => page.next_cursor ?? undefined,
    staleTime: FRESH_MS,
    // Who compares a page with the page before it, message by message, makes all of them new.
    structuralSharing: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  useEffect(() => () => forgetOlder(cache, account, contact), [cache, account, contact]);
  const freshen = useCallback(
    (id: string) => freshenOnce(cache, client, { account, contact }, id),
    [cache, client, account, contact],
  );
  return { query, pages: query.data?.pages ?? NONE, freshen };
}

/** A conversation that nobody looks at keeps its newest page: reading it anew is one request then. */
function forgetOlder(cache: QueryClient, account: string, contact: string): void {
  const key = keys.messages(account, contact);
  const pages = cache.getQueryData<MessagePages>(key);
  if (!pages || pages.pages.length < 2) return;
  change(cache, key, ({ pages: all, pageParams: params }) => ({
    pages: all.slice(0, 1),
    pageParams: params.slice(0, 1),
  }));
}

/** Changes what was read without making it younger. */
function change(cache: QueryClient, key: readonly string[], by: (pages: MessagePages) => MessagePages): void {
  const read = cache.getQueryState(key)?.dataUpdatedAt;
  const options = read === undefined ? {} : { updatedAt: read };
  cache.setQueryData<MessagePages>(key, (pages) => pages && by(pages), options);
}

type Place = { account: string; contact: string };
const underWay = new WeakMap<QueryClient, Map<string, Promise<void>>>();
const MOST_PAGES = 5;

/** Several files of one page that fail at once are one request. */
function freshenOnce(cache: QueryClient, client: MetaInboxClient, place: Place, id: string): Promise<void> {
  const pages = cache.getQueryData<MessagePages>(keys.messages(place.account, place.contact));
  const number = pages?.pages.findIndex((page) => messageIn([page], id)) ?? -1;
  if (!pages || number < 0) return Promise.resolve();
  const running = underWay.get(cache) ?? new Map<string, Promise<void>>();
  underWay.set(cache, running);
  const cursor = pages.pageParams[number];
  const name = JSON.stringify([place, cursor]);
  const known = running.get(name);
  if (known) return known;
  const asked = readAnew(cache, client, place, cursor, id).finally(() => running.delete(name));
  running.set(name, asked);
  return asked;
}

async function readAnew(
  cache: QueryClient,
  client: MetaInboxClient,
  place: Place,
  from: string | undefined,
  id: string,
): Promise<void> {
  const fresh = new Map<string, Message>();
  let cursor: string | null | undefined = from;
  for (let page = 0; page < MOST_PAGES && cursor !== null && !fresh.has(id); page += 1) {
    const query = cursor === undefined ? { limit: PAGE } : { cursor, limit: PAGE };
    const answer: MessagePage = await client.messages(place, query);
    for (const message of answer.messages) fresh.set(message.id, message);
    cursor = answer.next_cursor;
  }
  change(cache, keys.messages(place.account, place.contact), (pages) => withAddresses(pages, fresh));
}

/** Only what is signed is taken: of everything else the live connection may know more by now. */
export function withAddresses(pages: MessagePages, fresh: ReadonlyMap<string, Message>): MessagePages {
  const renewed = (message: Message): Message => {
    const read = fresh.get(message.id);
    if (!read || message.deleted_at !== null || !hasFiles(message)) return message;
    return { ...message, attachments: read.attachments, story: read.story };
  };
  const changed = pages.pages.map((page) =>
    page.messages.some((message) => fresh.has(message.id) && hasFiles(message))
      ? { ...page, messages: page.messages.map(renewed) }
      : page,
  );
  return { ...pages, pages: changed };
}

const hasFiles = ({ attachments, story }: Message): boolean => attachments.length > 0 || story !== null;
