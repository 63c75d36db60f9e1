import type { UseQueryResult } from "@tanstack/react-query";
import { CircleSlash2 } from "lucide-react";
import { useCallback, useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/errors";
import type { Account, Conversation, Message } from "@/api/types";
import { Button } from "@/components/button";
import { Spinner } from "@/components/spinner";
import { EmptyState, ErrorState } from "@/components/state";
import { Composer } from "./composer/composer";
import { ContactPlace } from "./contact/contact-place";
import { usePanel } from "./contact/use-panel";
import { ConversationHeader } from "./conversation-header";
import type { Selected } from "./inbox";
import { OwnerNotice } from "./owner-notice";
import { Thread } from "./thread/thread";
import type { Room } from "./use-width";
import styles from "./conversation-pane.module.css";

interface PaneProps {
  selected: Selected;
  accounts: UseQueryResult<Account[]>;
  conversation: UseQueryResult<Conversation>;
  room: Room;
  /** Whether the focus comes here, since what had it is not to be seen any more. */
  takesFocus: boolean;
  onBack: () => void;
  onReconnect: ((account: string) => void) | undefined;
}

/** The conversation that is open, or why it cannot be shown. */
export function ConversationPane(props: PaneProps) {
  const { selected, accounts, conversation, onBack } = props;
  const { t } = useTranslation("inbox");
  const account = accounts.data?.find(({ id }) => id === selected.account);
  if (account && conversation.data)
    return <OpenConversation {...props} account={account} shown={conversation.data} />;
  if (accounts.data && !account)
    return <Missing title={t("open.noAccount")} text={t("open.noAccountText")} onBack={onBack} />;
  if (conversation.isError && isMissing(conversation.error))
    return <Missing title={t("open.noConversation")} text={t("open.noConversationText")} onBack={onBack} />;
  if (conversation.isError)
    return (
      <Place>
        <ErrorState error={conversation.error} onRetry={() => void conversation.refetch()} />
        <Button onClick={onBack}>{t("open.back")}</Button>
      </Place>
    );
  return (
    <Place>
      <Spinner label={t("open.loading")} />
    </Place>
  );
}

function OpenConversation(props: PaneProps & { account: Account; shown: Conversation }) {
  const { account, shown, room, takesFocus, onBack, onReconnect } = props;
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const endReply = useCallback(() => setReplyTo(null), []);
  const panel = usePanel(room === "wide");
  const reconnect = useCallback(() => onReconnect?.(account.id), [onReconnect, account.id]);
  const heading = useId();
  return (
    <div className={styles.open} data-panel={(room === "wide" && panel.isOpen) || undefined}>
      <section className={styles.conversation} aria-labelledby={heading}>
        <ConversationHeader
          heading={heading}
          account={account}
          conversation={shown}
          isAlone={room === "narrow"}
          takesFocus={takesFocus}
          panel={panel}
          onBack={onBack}
        />
        <OwnerNotice owner={shown.thread_owner} />
        <div className={styles.thread}>
          <Thread account={account} conversation={shown} onReply={setReplyTo} />
        </div>
        <Composer
          account={account}
          conversation={shown}
          replyTo={replyTo}
          onReplyDone={endReply}
          onReconnect={onReconnect && reconnect}
        />
      </section>
      <ContactPlace account={account} conversation={shown} panel={panel} isBeside={room === "wide"} />
    </div>
  );
}

function Missing({ title, text, onBack }: { title: string; text: string; onBack: () => void }) {
  const { t } = useTranslation("inbox");
  return (
    <Place>
      <EmptyState icon={<CircleSlash2 size={22} aria-hidden="true" />} title={title}>
        <p>{text}</p>
        <Button onClick={onBack}>{t("open.back")}</Button>
      </EmptyState>
    </Place>
  );
}

const Place = ({ children }: { children: ReactNode }) => <div className={styles.place}>{children}</div>;

const isMissing = (error: Error): boolean => error instanceof ApiProblem && error.status === 404;
