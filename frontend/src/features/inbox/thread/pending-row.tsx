import { CircleAlert, Clock, Paperclip } from "lucide-react";
import { memo } from "react";
import { Button } from "@/components/button";
import { useErrorWords } from "@/components/error-words";
import { useComposing } from "@/lib/composing";
import type { Pending } from "@/lib/outbox";
import { useOutbox } from "@/lib/root";
import { MessageText } from "./message-text";
import { useView } from "./thread-context";
import styles from "./row.module.css";

interface PendingRowProps {
  pending: Pending;
  startsGroup: boolean;
  isActive: boolean;
}

/** An answer that the service has not answered for yet. */
export const PendingRow = memo(function PendingRow({ pending, startsGroup, isActive }: PendingRowProps) {
  const { t, say, times } = useView();
  const content = pending.body.message;
  const text = "text" in content ? content.text : null;
  return (
    <article
      className={styles.row}
      data-row={pending.key}
      data-side="out"
      data-starts={startsGroup || undefined}
      data-ends
      aria-label={t("row.label", { who: t("who.waiting"), time: times.clock(pending.startedAt) })}
      // The arrow keys go from message to message, and one of them is where the tabulator key stops.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={isActive ? 0 : -1}
    >
      <div className={styles.beside}>
        <div className={styles.bubble} data-status={pending.state}>
          {text ? (
            <MessageText text={text} />
          ) : (
            <p className={styles.about}>
              <Paperclip size={15} aria-hidden="true" />
              {say("types", content.type) ?? content.type}
            </p>
          )}
          {pending.state !== "refused" && (
            <p className={styles.waits}>
              <Clock size={13} aria-hidden="true" />
              {t(`pending.${pending.state}`)}
            </p>
          )}
        </div>
      </div>
      {pending.state === "refused" && <Refused pending={pending} text={text} />}
    </article>
  );
});

function Refused({ pending, text }: { pending: Pending; text: string | null }) {
  const { t } = useView();
  const outbox = useOutbox();
  const composing = useComposing();
  const words = useErrorWords();
  const { account_id: account, recipient_id: contact } = pending.body;
  const edit = () => {
    outbox.discard(pending);
    composing.restore(account, contact, text ?? "");
  };
  const again = () => {
    outbox.discard(pending);
    outbox.send(pending.body);
  };
  return (
    <div className={styles.trouble} data-tone="danger">
      <CircleAlert size={16} aria-hidden="true" />
      <div>
        <p>
          <strong>{t("pending.refused")}.</strong> {words(pending.error)}
        </p>
        <p className={styles.choices}>
          {pending.body.message.type === "text" && (
            <Button size="small" onClick={edit}>
              {t("pending.edit")}
            </Button>
          )}
          <Button size="small" onClick={again}>
            {t("pending.again")}
          </Button>
          <Button size="small" look="quiet" onClick={() => outbox.discard(pending)}>
            {t("pending.discard")}
          </Button>
        </p>
      </div>
    </div>
  );
}
