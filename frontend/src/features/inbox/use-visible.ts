import { useSyncExternalStore } from "react";

function watch(tell: () => void): () => void {
  document.addEventListener("visibilitychange", tell);
  return () => document.removeEventListener("visibilitychange", tell);
}

/** Whether anybody can see the page. */
export const useVisible = (): boolean =>
  useSyncExternalStore(watch, () => document.visibilityState === "visible");
