import { CornerDownRight, Search } from "lucide-react";
import type { Message } from "@/api/types";
import { summaryOf } from "./summary";
import { useActions, useView } from "./thread-context";
import { useWho } from "./who";
import { unseen } from "@/components/unseen";
import styles from "./bubble.module.css";

interface QuoteProps {
  reply: NonNullable<Message["reply_to"]>;
  /** The message that is answered, when it was read. */
  quoted: Message | null;
}

/** The message that is answered, above the answer. */
export function Quote({ reply, quoted }: QuoteProps) {
  const view = useView();
  const { jumpTo } = useActions();
  const who = useWho();
  const { t } = view;
  const id = quoted?.id ?? reply.id;
  if (id === null) return <p className={styles.lost}>{t("quote.lost")}</p>;
  const isOwn = quoted?.origin === "agent" && quoted.sent_by === view.me;
  const label = quoted
    ? t("quote.label", { who: isOwn ? t("quote.yourself") : who(quoted) })
    : t("quote.far");
  return (
    <button type="button" className={styles.quote} onClick={() => jumpTo(id)}>
      <span className={styles.quoted}>
        {quoted ? <CornerDownRight size={13} aria-hidden="true" /> : <Search size={13} aria-hidden="true" />}
        {label}
      </span>
      {quoted && (
        <span className={styles.quotedText} dir="auto">
          {summaryOf(quoted, view)}
        </span>
      )}
      <span className={unseen}>{t(quoted ? "quote.go" : "quote.find")}</span>
    </button>
  );
}
