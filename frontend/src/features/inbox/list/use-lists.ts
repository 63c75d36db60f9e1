import { useQueryClient } from "@tanstack/react-query";
import { useLayoutEffect, useMemo, useSyncExternalStore } from "react";
import type { ConversationFilter } from "@/lib/keys";
import { useClient } from "@/lib/root";
import { ConversationLists, type Shown } from "./lists";

/** The conversations of these accounts as one list. */
export function useLists(accounts: readonly string[], filter: ConversationFilter): Shown & Actions {
  const client = useClient();
  const cache = useQueryClient();
  const lists = useMemo(() => new ConversationLists(client, cache), [client, cache]);
  const names = accounts.join(" ");
  const { q, unread } = filter;
  useLayoutEffect(
    () => lists.show(names === "" ? [] : names.split(" "), { q, unread }),
    [lists, names, q, unread],
  );
  const shown = useSyncExternalStore(lists.watch, lists.shown);
  return useMemo(() => ({ ...shown, more: lists.more, retry: lists.retry }), [shown, lists]);
}

interface Actions {
  more: () => void;
  retry: () => void;
}
