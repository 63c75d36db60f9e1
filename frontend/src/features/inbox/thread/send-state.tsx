import { CircleAlert, CircleHelp, Clock } from "lucide-react";
import { useState } from "react";
import type { Message } from "@/api/types";
import { upper } from "@/components/error-words";
import { Button } from "@/components/button";
import { useActions, useView } from "./thread-context";
import { causeOf } from "./cause";
import styles from "./row.module.css";

/** What became of an answer that is not simply sent, in plain words, and what can be done. */
export function SendState({ message }: { message: Message }) {
  switch (message.status) {
    case "failed":
      return <Failed message={message} />;
    case "unknown":
      return <Unknown message={message} />;
    case "queued":
      return <Queued message={message} />;
    default:
      return null;
  }
}

function Failed({ message }: { message: Message }) {
  const view = useView();
  const { resend } = useActions();
  const { t, maySend } = view;
  return (
    <div className={styles.trouble} data-tone="danger">
      <CircleAlert size={16} aria-hidden="true" />
      <div>
        <p>
          <strong>{t("failed.title")}.</strong> {message.error && upper(causeOf(message.error, view))}
        </p>
        <ByMeta error={message.error} />
        {maySend && (
          <Button size="small" onClick={() => resend(message)}>
            {t("failed.resend")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** What Meta itself would have people read. */
function ByMeta({ error }: { error: Message["error"] }) {
  const { t } = useView();
  const text = [error?.user_title, error?.user_message].filter(Boolean).join(": ");
  return text ? <p className={styles.faint}>{t("failed.meta", { text })}</p> : null;
}

function Unknown({ message }: { message: Message }) {
  const { t, maySend } = useView();
  const { check, resend } = useActions();
  const [isBusy, setBusy] = useState(false);
  const ask = () => {
    setBusy(true);
    void check(message).finally(() => setBusy(false));
  };
  return (
    <div className={styles.trouble} data-tone="warning">
      <CircleHelp size={16} aria-hidden="true" />
      <div>
        <p>
          <strong>{t("unknown.title")}.</strong> {t("unknown.text")}
        </p>
        <ByMeta error={message.error} />
        {maySend && (
          <p className={styles.choices}>
            <Button size="small" busy={isBusy} onClick={ask}>
              {t("unknown.check")}
            </Button>
            <Button size="small" look="quiet" onClick={() => resend(message)}>
              {t("unknown.resend")}
            </Button>
          </p>
        )}
      </div>
    </div>
  );
}

function Queued({ message }: { message: Message }) {
  const view = useView();
  const { t, times } = view;
  const { error, next_attempt_at: next } = message;
  if (!error && !next) return null;
  const time = next ? times.clock(next) : "";
  const words = !error
    ? t("queued.next", { time })
    : t(next ? "queued.waiting" : "queued.soon", { cause: causeOf(error, view), time });
  return (
    <div className={styles.trouble} data-tone="neutral">
      <Clock size={16} aria-hidden="true" />
      <p>{words}</p>
    </div>
  );
}
