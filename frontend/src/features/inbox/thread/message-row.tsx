import { Bot, Monitor, Smartphone } from "lucide-react";
import { memo } from "react";
import type { Message } from "@/api/types";
import { CommentActions } from "./comment";
import { isComment } from "./facts";
import { MessageBody } from "./message-body";
import { Reactions } from "./reactions";
import { isKnownStatus } from "./receipt";
import { orderedAt } from "@/lib/pages";
import { SendState } from "./send-state";
import { isLine, type Place } from "./sequence";
import { SystemLine } from "./system-line";
import { useView } from "./thread-context";
import { Tools } from "./tools";
import { useWho } from "./who";
import styles from "./row.module.css";

export interface MessageRowProps extends Omit<Place, "startsDay"> {
  message: Message;
  /** The message that is answered, when it was read. */
  quoted: Message | null;
  /** Whether it is the last of ours that the contact saw. */
  isLastSeen: boolean;
  /** Whether the tabulator key stops at it. */
  isActive: boolean;
  /** Whether somebody just came here by a quote. */
  isFound: boolean;
}

/** One message of the list, with who wrote it, what it says and what became of it. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, quoted, startsGroup, endsGroup, isLastSeen, isActive, isFound } = props;
  const { t, times } = useView();
  const who = useWho();
  const side = message.direction === "inbound" ? "in" : "out";
  return (
    <article
      className={styles.row}
      data-row={message.id}
      data-side={isLine(message) ? "line" : side}
      data-starts={startsGroup || undefined}
      data-ends={endsGroup || undefined}
      data-found={isFound || undefined}
      aria-label={t("row.label", { who: who(message), time: times.clock(orderedAt(message)) })}
      // The arrow keys go from message to message, and one of them is where the tabulator key stops.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={isActive ? 0 : -1}
    >
      {isLine(message) ? (
        <SystemLine message={message} />
      ) : (
        <>
          {startsGroup && side === "out" && <Writer message={message} />}
          <div className={styles.beside}>
            <div
              className={styles.bubble}
              data-status={message.status}
              data-bare={isBare(message) || undefined}
            >
              <MessageBody message={message} quoted={quoted} />
            </div>
            <Tools message={message} isActive={isActive} />
          </div>
          <Reactions message={message} />
          {isComment(message) && <CommentActions message={message} />}
          {side === "out" && isKnownStatus(message.status) && <SendState message={message} />}
          {isLastSeen && <p className={styles.seen}>{t("seen")}</p>}
        </>
      )}
    </article>
  );
});

const ORIGINS: Record<string, typeof Bot> = { automation: Bot, native_app: Smartphone, other_app: Monitor };

/** Whence the answer was written. */
function Writer({ message }: { message: Message }) {
  const who = useWho();
  const Icon = ORIGINS[message.origin];
  return (
    <p className={styles.writer}>
      {Icon && <Icon size={13} aria-hidden="true" />}
      {who(message)}
    </p>
  );
}

/** A sticker stands without a bubble. */
const isBare = (message: Message): boolean => message.type === "sticker" && message.deleted_at === null;
