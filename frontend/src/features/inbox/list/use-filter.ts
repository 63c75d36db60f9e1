import { useEffect, useMemo, useState } from "react";
import type { Account } from "@/api/types";
import type { ConversationFilter } from "@/lib/keys";
import { keep, readKept } from "@/lib/kept";

const KEPT = "meta-inbox.account";
const TYPED_WITHIN_MS = 250;

/** Which conversations are listed; the account is remembered. */
export function useFilter(accounts: readonly Account[]) {
  const [kept, setKept] = useState(() => readKept(KEPT) ?? "");
  const [words, setWords] = useState("");
  const [unread, setUnread] = useState(false);
  const q = useSettled(words.trim());
  const account = accounts.some(({ id }) => id === kept) ? kept : "";
  const filter = useMemo<ConversationFilter>(() => ({ q, unread }), [q, unread]);
  const setAccount = (chosen: string) => {
    setKept(chosen);
    keep(KEPT, chosen);
  };
  return { filter, account, setAccount, words, setWords, setUnread };
}

/** What was typed, once the typing rests; that nothing is typed is known at once. */
function useSettled(words: string): string {
  const [settled, setSettled] = useState(words);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(words), TYPED_WITHIN_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return words === "" ? "" : settled;
}
