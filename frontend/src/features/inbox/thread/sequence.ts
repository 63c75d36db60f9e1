import type { Message } from "@/api/types";
import { isPending, timeOf, type Row } from "./rows";

const TOGETHER_MS = 5 * 60_000;
const LINES = new Set(["thread_control", "referral", "opt_in", "opt_out", "account_linking"]);

/** Whether it is something that happened, not something that was said. */
export const isLine = ({ type }: Message): boolean => LINES.has(type);

/** The day in the agent's own time, as a number that can be compared. */
export function dayOf(time: string | number): number {
  const date = new Date(time);
  return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}

export interface Place {
  startsDay: boolean;
  /** Who wrote is said above the first of a group. */
  startsGroup: boolean;
  endsGroup: boolean;
}

/** How a row stands among its neighbours; asked for the few that are on the screen alone. */
export function placeOf(rows: readonly Row[], at: number, me: string | null): Place {
  const [before, row, after] = [rows[at - 1], rows[at], rows[at + 1]];
  if (row === undefined) return { startsDay: false, startsGroup: true, endsGroup: true };
  return {
    startsDay: before === undefined || dayOf(timeOf(before)) !== dayOf(timeOf(row)),
    startsGroup: before === undefined || !areTogether(before, row, me),
    endsGroup: after === undefined || !areTogether(row, after, me),
  };
}

function areTogether(one: Row, other: Row, me: string | null): boolean {
  const [left, right] = [timeOf(one), timeOf(other)];
  return (
    writerOf(one, me) === writerOf(other, me) &&
    Math.abs(Date.parse(right) - Date.parse(left)) < TOGETHER_MS &&
    dayOf(left) === dayOf(right)
  );
}

/** A line stands alone. */
function writerOf(row: Row, me: string | null): string | symbol {
  if (isPending(row)) return `outbound agent ${me ?? ""}`;
  if (isLine(row)) return Symbol();
  return `${row.direction} ${row.origin} ${row.origin === "agent" ? (row.sent_by ?? "") : ""}`;
}
