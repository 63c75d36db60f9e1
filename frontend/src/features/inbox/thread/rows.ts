import type { Message, MessagePage } from "@/api/types";
import type { Pending } from "@/lib/outbox";
import { orderedAt } from "@/lib/pages";

/** What stands in the list: a message, or one that the service has not answered for yet. */
export type Row = Message | Pending;

export const isPending = (row: Row): row is Pending => "shownAs" in row;
export const keyOf = (row: Row): string => (isPending(row) ? row.key : row.id);
export const timeOf = (row: Row): string => (isPending(row) ? row.startedAt : orderedAt(row));

const turned = new WeakMap<MessagePage, readonly Message[]>();
const named = new WeakMap<MessagePage, ReadonlyMap<string, Message>>();

function oldestFirst(page: MessagePage): readonly Message[] {
  let messages = turned.get(page);
  if (!messages) turned.set(page, (messages = page.messages.toReversed()));
  return messages;
}

/** The pages (newest first) as they are read, oldest first; a page that stayed the same costs nothing anew. */
export const inOrder = (pages: readonly MessagePage[]): Message[] => pages.toReversed().flatMap(oldestFirst);

/** The message of that id, if it was read. */
export function messageIn(pages: readonly MessagePage[], id: string): Message | undefined {
  for (const page of pages) {
    let messages = named.get(page);
    if (!messages) named.set(page, (messages = new Map(page.messages.map((each) => [each.id, each]))));
    const found = messages.get(id);
    if (found) return found;
  }
  return undefined;
}

/** The list with what waits at its end; who is shown as a message already is not shown twice. */
export function withPending(
  messages: readonly Message[],
  pending: readonly Pending[],
  isKnown: (id: string) => boolean,
): readonly Row[] {
  const waiting = pending.filter(({ shownAs }) => shownAs === null || !isKnown(shownAs));
  return waiting.length === 0 ? messages : [...messages, ...waiting];
}

/** What is shown of rows that grow at both ends: a list keeps its place only when one end grows at a time. */
export interface Shown {
  rows: readonly Row[];
  source: readonly Row[];
  /** Whether what is new stands before everything else. */
  shift: boolean;
}

export function nextShown({ rows: before }: Shown, source: readonly Row[]): Shown {
  const first = before[0];
  const rest = { rows: source, source, shift: false };
  if (first === undefined) return rest;
  const added = source.findIndex((row) => keyOf(row) === keyOf(first));
  if (added <= 0) return rest;
  if (source.length === added + before.length) return { ...rest, shift: true };
  return { rows: [...source.slice(0, added), ...before], source, shift: true };
}

/** How many messages came after the one that was the last; bounded, since nobody counts further. */
export function countAfter(rows: readonly Row[], key: string, most = 999): number {
  let count = 0;
  for (let at = rows.length - 1; at >= 0 && count < most; at -= 1) {
    const row = rows[at];
    if (row === undefined || keyOf(row) === key) break;
    if (!isPending(row)) count += 1;
  }
  return count;
}

const LOOKED_AT = 300;

/** The last message of ours that was seen; looked for among the newest alone. */
export function lastSeen(rows: readonly Row[]): string | null {
  for (let at = rows.length - 1; at >= Math.max(0, rows.length - LOOKED_AT); at -= 1) {
    const row = rows[at];
    if (row && !isPending(row) && row.direction === "outbound" && row.status === "read") return row.id;
  }
  return null;
}
