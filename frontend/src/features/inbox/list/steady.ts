import type { Conversation } from "@/api/types";

/** What names a conversation among those of all accounts. */
export const placeOf = ({ account_id, contact_id }: Conversation): string => `${account_id} ${contact_id}`;

export interface Steady {
  conversations: readonly Conversation[];
  /** How many would move up or appear above. */
  waiting: number;
}

/**
 * The list in the order that was shown before, so that nothing moves under a pointer: each conversation as it is
 * now, what is older at the end, and what moved up or is new counted until it may be shown.
 */
export function heldInPlace(shown: readonly Conversation[], next: readonly Conversation[]): Steady {
  const now = new Map(next.map((each) => [placeOf(each), each]));
  const kept = shown.flatMap((each) => now.get(placeOf(each)) ?? []);
  const known = new Set(kept.map(placeOf));
  const lastKnown = next.findLastIndex((each) => known.has(placeOf(each)));
  const older = next.slice(lastKnown + 1);
  const above = next.slice(0, lastKnown + 1).filter((each) => !known.has(placeOf(each)));
  return { conversations: [...kept, ...older], waiting: above.length + movedUp(kept, next, known) };
}

/** How many stand higher now than they are shown. */
function movedUp(
  kept: readonly Conversation[],
  next: readonly Conversation[],
  known: ReadonlySet<string>,
): number {
  const order = next.filter((each) => known.has(placeOf(each)));
  const places = new Map(order.map((each, place) => [placeOf(each), place]));
  // Whoever is shown below somebody who stands lower now has moved up.
  let count = 0;
  let highest = -1;
  for (const each of kept) {
    const place = places.get(placeOf(each)) ?? 0;
    if (place < highest) count += 1;
    else highest = place;
  }
  return count;
}

/** The list with the open conversation kept where it was, when it is none of the filter's any more. */
export function withPinned(
  shown: readonly Conversation[],
  next: readonly Conversation[],
  pinned: Conversation | null,
): readonly Conversation[] {
  if (pinned === null || next.some((each) => placeOf(each) === placeOf(pinned))) return next;
  const place = shown.findIndex((each) => placeOf(each) === placeOf(pinned));
  return place < 0 ? next : next.toSpliced(Math.min(place, next.length), 0, pinned);
}
