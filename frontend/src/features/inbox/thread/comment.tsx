import { Globe } from "lucide-react";
import type { Message } from "@/api/types";
import { Button } from "@/components/button";
import { factsOf, textIn } from "./facts";
import { useActions, useView } from "./thread-context";
import styles from "./row.module.css";

/** Under what somebody wrote in public, and that it was in public. */
export function CommentHead({ message }: { message: Message }) {
  const { t } = useView();
  const facts = factsOf(message);
  const title = textIn(facts, "ad_title");
  const where = title
    ? t("comment.ad", { title })
    : message.type === "mention"
      ? t("comment.mention")
      : message.type === "live_comment"
        ? t("comment.live")
        : t(message.reply_to ? "comment.nested" : "comment.comment");
  return (
    <p className={styles.public}>
      <Globe size={14} aria-hidden="true" />
      <span>{where}</span>
    </p>
  );
}

const PRIVATELY_WITHIN_MS = 7 * 24 * 60 * 60 * 1000;

/** What can be done with a comment. Meta gives a mention no id to answer at. */
export function CommentActions({ message }: { message: Message }) {
  const { t, maySend, today } = useView();
  const { answer, hide } = useActions();
  const facts = factsOf(message);
  if (!maySend || message.deleted_at !== null || textIn(facts, "comment_id") !== message.message_id)
    return null;
  const isHidden = facts["hidden"] === true;
  return (
    <div className={styles.choices}>
      <Button size="small" onClick={() => answer(message, "public")}>
        {t("comment.replyPublic")}
      </Button>
      {isYoung(message.sent_at ?? message.created_at, today) && (
        <Button size="small" onClick={() => answer(message, "private")}>
          {t("comment.replyPrivate")}
        </Button>
      )}
      <Button size="small" look="quiet" onClick={() => hide(message, !isHidden)}>
        {t(isHidden ? "comment.show" : "comment.hide")}
      </Button>
    </div>
  );
}

/** To the day; the service knows it to the second. */
function isYoung(time: string, today: number): boolean {
  const now = new Date(Math.floor(today / 10_000), Math.floor(today / 100) % 100, today % 100).getTime();
  return now < Date.parse(time) + PRIVATELY_WITHIN_MS;
}
