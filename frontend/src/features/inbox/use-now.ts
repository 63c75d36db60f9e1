import { useSyncExternalStore } from "react";

const MINUTE_MS = 60_000;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const watchers = new Set<() => void>();

function watch(tell: () => void): () => void {
  watchers.add(tell);
  timer ??= setInterval(tick, MINUTE_MS);
  tick();
  return () => {
    watchers.delete(tell);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  if (Date.now() - now < MINUTE_MS / 2) return;
  now = Date.now();
  for (const tell of watchers) tell();
}

/** The present, to the minute; one clock for everything that shows it. */
export const useNow = (): number => useSyncExternalStore(watch, () => now);
