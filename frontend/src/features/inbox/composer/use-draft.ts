import { useCallback, useEffect, useSyncExternalStore } from "react";
import { useComposing } from "@/lib/composing";

/** The text that is being written in a conversation, wherever it was begun. */
export function useDraft(account: string, contact: string): [string, (text: string) => void] {
  const composing = useComposing();
  const text = useSyncExternalStore(composing.watch, () => composing.of(account, contact));
  const change = useCallback(
    (next: string) => composing.set(account, contact, next),
    [composing, account, contact],
  );
  useEffect(() => composing.write, [composing]);
  return [text, change];
}
