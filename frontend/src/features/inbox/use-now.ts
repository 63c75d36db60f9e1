import { useSyncExternalStore } from "react";
import { now as present } from "@/lib/clock";

const MINUTE_MS = 60_000;
let now = present();
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
  // Either way: the service may have told that this computer is ahead.
  if (Math.abs(present() - now) < MINUTE_MS / 2) return;
  now = present();
  for (const tell of watchers) tell();
}

/** The present, to the minute; one clock for everything that shows it. */
export const useNow = (): number => useSyncExternalStore(watch, () => now);
