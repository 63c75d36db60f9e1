import type { Account, Conversation } from "@/api/types";
import { standingAt } from "../../window-state";

/** What may be sent now, and until when that is so; `until` null: as long as nothing happens. */
export type Phase =
  | { kind: "open"; until: number | null; humanUntil: number | null }
  | { kind: "human"; until: number }
  | { kind: "closed"; reason: "never_opened" | "expired"; until: null }
  | { kind: "account"; reason: "reauth_required" | "disconnected" | "blocked"; until: null };

/** The window as it is at `now`, however long ago the service told of it. */
export function phaseAt(
  window: Conversation["window"],
  account: Pick<Account, "status">,
  now: number,
): Phase {
  const status = account.status;
  if (status === "reauth_required" || status === "disconnected")
    return { kind: "account", reason: status, until: null };
  const standing = standingAt(window, now);
  switch (standing.is) {
    case "open":
      return { kind: "open", until: timeOf(standing.until), humanUntil: timeOf(window.human_agent_until) };
    case "human":
      return { kind: "human", until: Date.parse(standing.until) };
    case "account":
      return { kind: "account", reason: "blocked", until: null };
    case "never":
      return { kind: "closed", reason: "never_opened", until: null };
    case "expired":
      return { kind: "closed", reason: "expired", until: null };
  }
}

const timeOf = (text: string | null): number | null => (text === null ? null : Date.parse(text));

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const LAST_MINUTES = 5 * MINUTE;

/** How long what is shown stays true: the last minutes are counted by seconds. */
export function nextLook(until: number | null, now: number): number | null {
  if (until === null || until <= now) return null;
  const left = until - now;
  if (left <= LAST_MINUTES) return Math.min(left, left % SECOND || SECOND);
  return Math.min(30 * SECOND, left - LAST_MINUTES);
}

export const isLastMinutes = (left: number): boolean => left <= LAST_MINUTES;
