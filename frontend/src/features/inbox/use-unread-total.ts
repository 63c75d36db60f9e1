import { useMemo } from "react";
import { useAccounts } from "./use-accounts";
import { useLists } from "./list/use-lists";

const UNREAD = { q: "", unread: true };

/** How many messages nobody has read, in words: of long lists "40+", of none "". */
export function useUnreadTotal(): string {
  const { data: accounts } = useAccounts();
  const ids = useMemo(() => (accounts ?? []).map(({ id }) => id), [accounts]);
  const { conversations, hasMore, state } = useLists(ids, UNREAD);
  return useMemo(() => {
    if (state === "error") return "";
    const total = conversations.reduce((sum, each) => sum + each.unread_count, 0);
    if (total === 0) return "";
    return hasMore ? `${String(total)}+` : String(total);
  }, [conversations, hasMore, state]);
}
