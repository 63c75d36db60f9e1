import { MessagesSquare, PlugZap } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "@/api/types";
import { Button } from "@/components/button";
import { Spinner } from "@/components/spinner";
import { EmptyState, ErrorState } from "@/components/state";
import { useLate } from "@/lib/late";
import { ConversationList } from "./list/conversation-list";
import { rowOf } from "./list/use-roving";
import { Skeletons } from "./list/skeletons";
import { pane } from "./pane";
import { useAccounts } from "./use-accounts";
import { useConversation } from "./use-conversation";
import { useMarkRead } from "./use-mark-read";
import { useNotices } from "./use-notices";
import { useSpokenNews } from "./use-spoken-news";
import { useRoom } from "./use-width";
import { unseen } from "@/components/unseen";
import styles from "./inbox.module.css";

export interface Selected {
  account: string;
  contact: string;
}

export interface InboxProps {
  /** The conversation that is open; null: none. */
  selected: Selected | null;
  onSelect: (selected: Selected | null) => void;
  /** Asked for when an account must be connected again, or, with "", when none is connected yet. */
  onReconnect?: (account: string) => void;
}

/** Every conversation, and the one that is open. */
export function Inbox({ selected, onSelect, onReconnect }: InboxProps) {
  const { t } = useTranslation("inbox");
  const main = useRef<HTMLElement>(null);
  const room = useRoom(main);
  const code = useLate(pane, selected !== null);
  const accounts = useAccounts();
  const conversation = useConversation(selected);
  const openConversation = conversation.data ?? null;
  useMarkRead(openConversation);
  useNotices(onSelect);
  useSpokenNews(selected);
  const [isFresh, setFresh] = useState(false);
  const open = useCallback(
    ({ account_id: account, contact_id: contact }: Conversation) => {
      setFresh(true);
      onSelect({ account, contact });
    },
    [onSelect],
  );
  const left = useRef<string | null>(null);
  const close = useCallback(() => {
    left.current = selected && `${selected.account} ${selected.contact}`;
    onSelect(null);
  }, [onSelect, selected]);
  useEffect(() => {
    // Back to the row that one came from, now that the list can be seen again.
    if (selected === null && left.current !== null) rowOf(main.current, left.current)?.focus();
    left.current = null;
  }, [selected]);

  if (accounts.data?.length === 0)
    return (
      <main ref={main} className={styles.alone}>
        <h1 className={unseen}>{t("title")}</h1>
        <EmptyState icon={<PlugZap size={22} aria-hidden="true" />} title={t("empty.accounts")}>
          <p>{t("empty.accountsText")}</p>
          {onReconnect && (
            <Button look="primary" onClick={() => onReconnect("")}>
              {t("empty.connect")}
            </Button>
          )}
        </EmptyState>
      </main>
    );
  const isCovered = room === "narrow" && selected !== null;
  const isNamed = accounts.data !== undefined && (!isCovered || openConversation !== null);
  return (
    <main ref={main} className={styles.inbox} data-room={room}>
      {!isNamed && <h1 className={unseen}>{t("title")}</h1>}
      <section
        className={styles.list}
        data-covered={isCovered || undefined}
        aria-label={t("list.label")}
        onPointerEnter={pane.prepare}
        onFocus={pane.prepare}
      >
        {accounts.isPending && <Skeletons />}
        {accounts.isError && !accounts.data && (
          <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
        )}
        {accounts.data && (
          <ConversationList
            accounts={accounts.data}
            open={openConversation}
            onOpen={open}
            onReconnect={onReconnect}
          />
        )}
      </section>
      {selected && code && (
        <code.ConversationPane
          key={`${selected.account} ${selected.contact}`}
          selected={selected}
          accounts={accounts}
          conversation={conversation}
          room={room}
          takesFocus={isFresh && room === "narrow"}
          onBack={close}
          onReconnect={onReconnect}
        />
      )}
      {selected && !code && (
        <div className={styles.nothing}>
          <Spinner label={t("open.loading")} />
        </div>
      )}
      {!selected && room !== "narrow" && (
        <div className={styles.nothing}>
          <EmptyState icon={<MessagesSquare size={22} aria-hidden="true" />} title={t("empty.open")}>
            <p>{t("empty.openText")}</p>
          </EmptyState>
        </div>
      )}
    </main>
  );
}
