import { useCallback, useEffect, useSyncExternalStore } from "react";
import { composing } from "@/lib/composing";

/** The text that is being written in a conversation, wherever it was begun. */
export function useDraft(account: string, contact: string): [string, (text: string) => void] {
  const text = useSyncExternalStore(composing.watch, () => composing.of(account, contact));
  const change = useCallback((next: string) => composing.set(account, contact, next), [account, contact]);
  useEffect(() => composing.write, []);
  return [text, change];
}
