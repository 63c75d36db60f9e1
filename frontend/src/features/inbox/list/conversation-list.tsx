import { ArrowUp } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Account, Conversation } from "@/api/types";
import { useVoice } from "@/components/announcer";
import { Button } from "@/components/button";
import { ErrorState } from "@/components/state";
import { AccountNotice } from "./account-notice";
import { ConversationRows } from "./conversation-rows";
import { ListEmpty } from "./list-empty";
import { ListFoot } from "./list-foot";
import { ListHeader } from "./list-header";
import { Skeletons } from "./skeletons";
import { placeOf } from "./steady";
import { useFilter } from "./use-filter";
import { useHold } from "./use-hold";
import { useLists } from "./use-lists";
import { useSteady } from "./use-steady";
import styles from "./conversation-list.module.css";

interface ListProps {
  accounts: readonly Account[];
  /** The conversation that is open. */
  open: Conversation | null;
  onOpen: (conversation: Conversation) => void;
  onReconnect: ((account: string) => void) | undefined;
}

/** The conversations of one account or of all, newest first. */
export function ConversationList({ accounts, open, onOpen, onReconnect }: ListProps) {
  const { t } = useTranslation("inbox");
  const { filter, account, setAccount, words, setWords, setUnread } = useFilter(accounts);
  const byId = useMemo(() => new Map(accounts.map((each) => [each.id, each])), [accounts]);
  const listed = useMemo(
    () => (account === "" ? accounts.map(({ id }) => id) : [account]),
    [account, accounts],
  );
  const lists = useLists(listed, filter);
  const { isHeld, release, handlers } = useHold();
  const of = `${account} ${filter.q} ${String(filter.unread)}`;
  const { conversations, waiting } = useSteady(lists.conversations, { isHeld, pinned: open, of });
  const [toTop, setToTop] = useState(0);
  const showNews = () => {
    release();
    setToTop((times) => times + 1);
  };
  const showAll = useCallback(() => {
    setWords("");
    setUnread(false);
  }, [setWords, setUnread]);
  useSayFound(filter.q, lists.state === "ready" && !lists.isStale, conversations.length, lists.hasMore);
  const chosen = byId.get(account);

  return (
    <div className={styles.list}>
      <ListHeader
        accounts={accounts}
        account={account}
        onAccount={setAccount}
        words={words}
        onWords={setWords}
        unread={filter.unread}
        onUnread={setUnread}
      />
      {chosen && <AccountNotice account={chosen} onReconnect={onReconnect} />}
      <div className={styles.body} aria-busy={lists.isStale || undefined} {...handlers}>
        {lists.state === "error" && <ErrorState error={lists.error} onRetry={lists.retry} />}
        {lists.state === "pending" && <Skeletons />}
        {lists.state === "ready" && conversations.length === 0 && !lists.hasMore && (
          <ListEmpty filter={filter} onShowAll={showAll} />
        )}
        {lists.state === "ready" && (conversations.length > 0 || lists.hasMore) && (
          <>
            {waiting > 0 && (
              <Button size="small" look="primary" className={styles.news} onClick={showNews}>
                <ArrowUp size={15} aria-hidden="true" />
                {t("list.news", { count: waiting })}
              </Button>
            )}
            <ConversationRows
              key={of}
              conversations={conversations}
              accounts={byId}
              namesAccounts={listed.length > 1}
              open={open && placeOf(open)}
              onOpen={onOpen}
              onEnd={lists.more}
              toTop={toTop}
            >
              <ListFoot lists={lists} accounts={byId} />
            </ConversationRows>
          </>
        )}
      </div>
    </div>
  );
}

/** What a search found is said, since nothing else tells those who do not see it. */
function useSayFound(q: string, isThere: boolean, count: number, hasMore: boolean): void {
  const { t } = useTranslation("inbox");
  const { announce } = useVoice();
  const [said, setSaid] = useState("");
  const isNews = isThere && q !== said;
  useEffect(() => {
    if (!isNews) return;
    // eslint-disable-next-line react-hooks/set-state-in-effect -- what was said is known by saying it
    setSaid(q);
    if (q !== "") announce(t(hasMore ? "list.foundMore" : "list.found", { count }));
  }, [isNews, q, count, hasMore, announce, t]);
}
