import { CircleAlert, CircleHelp, Clock3 } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Account, Conversation } from "@/api/types";
import { Avatar } from "@/components/avatar";
import { useLocale } from "@/lib/root";
import { accountName, contactName, PLATFORMS } from "@/lib/names";
import { messageWords, reactionWords, writerOf } from "../message-words";
import { duration, fullTime, shortTime } from "../times";
import { useNow } from "../use-now";
import { useWindow } from "../use-window";
import { closesSoon } from "../window-state";
import { placeOf } from "./steady";
import { unseen } from "@/components/unseen";
import styles from "./conversation-row.module.css";

export interface RowProps {
  conversation: Conversation;
  account: Account | undefined;
  /** Whether the account is named, since there are several in the list. */
  namesAccount: boolean;
  isOpen: boolean;
  /** The one of the list that the Tab key comes to. */
  isStop: boolean;
  onOpen: (conversation: Conversation) => void;
}

/** One conversation of the list; it is drawn again only when something of it changed. */
export const ConversationRow = memo(function ConversationRow(props: RowProps) {
  const { conversation, account, namesAccount, isOpen, isStop, onOpen } = props;
  const { t } = useTranslation("inbox");
  const { contact, unread_count: unread } = conversation;
  const name = contactName(contact) ?? t("nobody");
  return (
    <button
      type="button"
      className={styles.row}
      data-place={placeOf(conversation)}
      data-unread={unread > 0 || undefined}
      aria-current={isOpen ? "true" : undefined}
      tabIndex={isStop ? 0 : -1}
      onClick={() => onOpen(conversation)}
    >
      <Avatar
        picture={contact.profile_picture_url}
        name={name}
        platform={account?.platform ?? ""}
        size={44}
      />
      <span className={styles.words}>
        <span className={styles.line}>
          <span className={styles.name}>{name}</span>
          <span className={unseen}>{account && `${PLATFORMS[account.platform] ?? ""}, `}</span>
          <LastTime at={conversation.last_message_at} />
        </span>
        <span className={styles.line}>
          <Preview conversation={conversation} />
          {unread > 0 && (
            <span className={styles.count}>
              <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
              <span className={unseen}>{t("row.unread", { count: unread })}, </span>
            </span>
          )}
        </span>
        <Hints conversation={conversation} account={namesAccount ? account : undefined} />
      </span>
    </button>
  );
});

function LastTime({ at }: { at: string | null }) {
  const locale = useLocale();
  const now = useNow();
  if (at === null) return null;
  return (
    <time className={styles.time} dateTime={at} title={fullTime(at, locale)}>
      {shortTime(at, now, locale)}
    </time>
  );
}

function Preview({ conversation: { last_message: message } }: { conversation: Conversation }) {
  const { t } = useTranslation("inbox");
  if (message === null) return <span className={styles.preview}>{t("preview.none")}</span>;
  const reaction = reactionWords(message, t);
  const writer = reaction === null ? writerOf(message) : null;
  return (
    <span className={styles.preview}>
      <StatusMark status={message.status} />
      {writer && <span className={styles.writer}>{t(`writer.${writer}`)} </span>}
      {reaction ?? messageWords(message, t)}
    </span>
  );
}

const MARKS = {
  failed: { icon: CircleAlert, words: "row.failed" },
  unknown: { icon: CircleHelp, words: "row.unknown" },
  queued: { icon: Clock3, words: "row.waiting" },
  sending: { icon: Clock3, words: "row.waiting" },
} as const;

function StatusMark({ status }: { status: string }) {
  const { t } = useTranslation("inbox");
  if (!(status in MARKS)) return null;
  const { icon: Icon, words } = MARKS[status as keyof typeof MARKS];
  return (
    <span className={styles.mark} data-status={status} title={t(words)}>
      <Icon size={14} aria-hidden="true" />
      <span className={unseen}>{t(words)}. </span>
    </span>
  );
}

/** What is to be known before opening it: whose it is, and whether it can still be answered. */
function Hints({ conversation, account }: { conversation: Conversation; account: Account | undefined }) {
  const { t } = useTranslation("inbox");
  const locale = useLocale();
  const { state, now } = useWindow(conversation);
  const left = closesSoon(state, now);
  const isClosed = state.is === "expired" || state.is === "human";
  if (!account && left === null && !isClosed && state.is !== "public") return null;
  return (
    <span className={styles.hints}>
      {account && <span className={styles.account}>{accountName(account)}</span>}
      {state.is === "public" && <span className={styles.hint}>{t("row.comments")}</span>}
      {left !== null && (
        <span className={styles.hint} data-tone="warning">
          <Clock3 size={12} aria-hidden="true" /> {t("row.closesIn", { time: duration(left, locale) })}
        </span>
      )}
      {isClosed && <span className={styles.hint}>{t("row.closed")}</span>}
    </span>
  );
}
