import { useCallback, useState } from "react";
import { useActions } from "./thread-context";

/** `show`: its address is tried; `renewing`: the address is over, another is asked for. */
export type FileState = "show" | "pending" | "renewing" | "expired" | "refused" | "broken";

interface Source {
  url: string | null;
  state: string;
}

interface Trouble {
  /** Of which address, in which state of the file. */
  with: string;
  kind: "pending" | "renewing" | "broken";
}

const ASKED_AGAIN_AFTER_MS = 10 * 60_000;
const asked = new Map<string, number>();

/** A file by its signed address, which lives for an hour at most: when it fails, the message is read anew once. */
export function useFile(message: string, { url, state }: Source) {
  const { freshen } = useActions();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [attempt, setAttempt] = useState(0);
  const now = `${url ?? ""} ${state} ${String(attempt)}`;
  const found = trouble?.with === now ? trouble.kind : null;
  const onError = useCallback(() => {
    if (url === null) return;
    if (state === "pending" && !isOver(url)) {
      setTrouble({ with: now, kind: "pending" });
      return;
    }
    if (!mayAsk(message)) {
      setTrouble({ with: now, kind: "broken" });
      return;
    }
    setTrouble({ with: now, kind: "renewing" });
    // With another address it is tried by itself; with the same one it stays as it is.
    const isAsBefore = () => setTrouble((known) => known && { ...known, kind: "broken" });
    freshen(message).then(isAsBefore, isAsBefore);
  }, [freshen, message, now, state, url]);
  const retry = useCallback(() => {
    asked.delete(message);
    setAttempt((before) => before + 1);
  }, [message]);
  return { src: url, key: now, state: stateOf(url, state, found), onError, retry };
}

function stateOf(url: string | null, state: string, trouble: Trouble["kind"] | null): FileState {
  if (state === "expired" || state === "refused") return state;
  if (url === null) return state === "pending" ? "pending" : "refused";
  return trouble ?? "show";
}

function mayAsk(message: string): boolean {
  const before = asked.get(message) ?? 0;
  if (Date.now() - before < ASKED_AGAIN_AFTER_MS) return false;
  asked.set(message, Date.now());
  return true;
}

/** Whether the address says itself that it is over. */
export function isOver(url: string, now = Date.now()): boolean {
  const until = Number(/[?&]exp=(\d+)/.exec(url)?.[1] ?? Number.NaN);
  return until * 1000 <= now;
}
