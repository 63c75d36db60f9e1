import type { Conversation } from "@/api/types";
import { newerThan } from "@/lib/pages";

/** The conversations of one account that were read so far, newest first. */
export interface ReadList {
  account: string;
  conversations: readonly Conversation[];
  /** Whether older ones are there that were not read. */
  hasMore: boolean;
}

export interface Merged {
  conversations: Conversation[];
  /** The accounts whose next page is needed before anything older can be shown. */
  wanted: string[];
}

/** Below how many conversations that wait to be shown a list is read on along with the one that holds it up. */
const RESERVE = 10;

/**
 * The lists of several accounts as one, newest first. It ends where a list with more to read ends: what is older
 * in the others may have something of that one between, and would be in the wrong place until then.
 */
export function mergeLists(lists: readonly ReadList[]): Merged {
  const places = lists.map(() => 0);
  const conversations: Conversation[] = [];
  for (let newest = newestOf(lists, places); newest !== null; newest = newestOf(lists, places)) {
    const place = places[newest] ?? 0;
    const conversation = lists[newest]?.conversations[place];
    if (conversation === undefined) break;
    conversations.push(conversation);
    places[newest] = place + 1;
  }
  const isHeldUp = lists.some((list, number) => isAtFrontier(list, places[number] ?? 0));
  const wanted = isHeldUp ? lists.filter((list, number) => isShort(list, places[number] ?? 0)) : [];
  return { conversations, wanted: wanted.map(({ account }) => account) };
}

/** Which list has the newest of what is not placed yet; null at the end, or where a list must be read on first. */
function newestOf(lists: readonly ReadList[], places: readonly number[]): number | null {
  let found: number | null = null;
  let best: Conversation | undefined;
  for (const [number, list] of lists.entries()) {
    const place = places[number] ?? 0;
    if (isAtFrontier(list, place)) return null;
    const next = list.conversations[place];
    if (next === undefined || (best !== undefined && !standsAbove(next, best))) continue;
    found = number;
    best = next;
  }
  return found;
}

const isAtFrontier = ({ conversations, hasMore }: ReadList, place: number): boolean =>
  hasMore && place >= conversations.length;

const isShort = ({ conversations, hasMore }: ReadList, place: number): boolean =>
  hasMore && conversations.length - place < RESERVE;

/** Times as the service writes them compare as text when they are equally exact, which is a hundred times faster. */
function standsAbove(one: Conversation, other: Conversation): boolean {
  const [left, right] = [one.last_message_at, other.last_message_at];
  if (left !== null && right !== null && left.length === right.length && left !== right) return left > right;
  return newerThan(one, other);
}
