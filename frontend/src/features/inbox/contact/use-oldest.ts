import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { Conversation } from "@/api/types";
import { keys } from "@/lib/keys";
import { orderedAt, type MessagePages } from "@/lib/pages";

/** The oldest message that is loaded, and whether it is the first there is. */
export function useOldest({ account_id, contact_id }: Conversation) {
  const cache = useQueryClient();
  const watch = useCallback((tell: () => void) => cache.getQueryCache().subscribe(tell), [cache]);
  const read = () => {
    const pages = cache.getQueryData<MessagePages>(keys.messages(account_id, contact_id))?.pages;
    const oldest = pages?.findLast(({ messages }) => messages.length > 0)?.messages.at(-1);
    return oldest && pages
      ? `${orderedAt(oldest)} ${String(pages.at(-1)?.next_cursor === null)} ${String(oldest.imported)}`
      : null;
  };
  // As text, so that it is the same thing as long as it says the same.
  const said = useSyncExternalStore(watch, read);
  return useMemo(() => {
    if (said === null) return null;
    const [at = "", isFirst, isImported] = said.split(" ");
    return { at, isFirst: isFirst === "true", isImported: isImported === "true" };
  }, [said]);
}
