import type { Conversation } from "@/api/types";

type Window = Conversation["window"];

/** How a messaging window stands. */
export type Standing =
  | { is: "open"; until: string | null }
  | { is: "human"; until: string }
  | { is: "expired" | "never" | "account" };

export type WindowState = Standing | { is: "public" };

const SOON_MS = 2 * 60 * 60_000;

/** How the window stands now; what was read may have ended meanwhile. */
export function standingAt(window: Window, now: number): Standing {
  if (window.reason === "account") return { is: "account" };
  if (window.reason === "never_opened") return { is: "never" };
  if (window.open && !isPast(window.closes_at, now)) return { is: "open", until: window.closes_at };
  const until = window.human_agent_until;
  return until !== null && !isPast(until, now) ? { is: "human", until } : { is: "expired" };
}

/** The same of a conversation: what was written in public has none. */
export function windowAt({ kind, window }: Conversation, now: number): WindowState {
  return kind === "comments" ? { is: "public" } : standingAt(window, now);
}

/** When what `windowAt` says ends by itself; null: never. */
export function nextEnd({ window }: Conversation, now: number): number | null {
  const end = [window.closes_at, window.human_agent_until].find(
    (time) => time !== null && !isPast(time, now),
  );
  return end == null ? null : Date.parse(end);
}

/** Milliseconds until it closes, when that is soon. */
export function closesSoon(state: WindowState, now: number): number | null {
  if (state.is !== "open" || state.until === null) return null;
  const left = Date.parse(state.until) - now;
  return left <= SOON_MS ? left : null;
}

const isPast = (time: string | null, now: number): boolean => time !== null && Date.parse(time) <= now;
