import type { ReactNode } from "react";
import type { Message } from "@/api/types";
import { upper } from "@/components/error-words";
import { Dialog } from "@/components/dialog";
import { factsOf, textIn } from "./facts";
import { isKnownStatus, Receipt, statusesOf } from "./receipt";
import { useView, type ThreadView } from "./thread-context";
import { causeOf } from "./cause";
import { whoOf } from "./who";
import styles from "./dialogs.module.css";

/** Everything that is known of a message, for whoever has to find out. */
export function DetailsDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const view = useView();
  const { t, platform } = view;
  const isOurs = message.direction === "outbound";
  return (
    <Dialog title={t("details.title")} onClose={onClose} size="medium">
      <div className={styles.stack}>
        <dl className={styles.facts}>
          {factsShown(message, view).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ))}
        </dl>
        {factsOf(message)["matched_by"] === "content" && <p>{t("details.matched")}</p>}
        {isOurs && (
          <section className={styles.legend}>
            <h3>{t("legend.title")}</h3>
            <ul>
              {statusesOf(platform).map((status) => (
                <li key={status}>
                  <span aria-hidden="true">
                    <Receipt status={status} />
                  </span>
                  {t(`status.${status}`)}
                </li>
              ))}
            </ul>
            {platform === "instagram" && <p>{t("legend.instagram")}</p>}
          </section>
        )}
        <p className={styles.faint}>{t(message.deleted_at !== null ? "deleted.text" : "noDelete")}</p>
      </div>
    </Dialog>
  );
}

function factsShown(message: Message, view: ThreadView): [string, ReactNode][] {
  const { t, say, times } = view;
  const facts = factsOf(message);
  const { error, status } = message;
  const at = (time: string | null) => (time === null ? null : times.exact(time));
  const resent = Number(facts["resent"] ?? 0);
  const meta = [error?.meta_code, error?.meta_subcode].filter((code) => code !== null && code !== undefined);
  const notes = [message.standby && t("meta.standby"), message.imported && t("meta.imported")];
  const rows: [string, ReactNode][] = [
    [t("details.type"), say("types", message.type) ?? message.type],
    [t("details.status"), isKnownStatus(status) || status === "received" ? t(`status.${status}`) : status],
    [t("details.origin"), [whoOf(message, view), ...notes].filter(Boolean).join(". ")],
    [t("details.sentAt"), at(message.sent_at)],
    [t("details.receivedAt"), at(message.created_at)],
    [t("details.editedAt"), at(message.edited_at)],
    [t("details.deletedAt"), at(message.deleted_at)],
    [t("details.error"), error && upper(causeOf(error, view))],
    [t("details.metaCode"), meta.join(" / ")],
    [t("details.trace"), error?.fbtrace_id],
    [t("details.resent"), resent > 0 && t("details.resentTimes", { count: resent })],
    [t("details.payload"), textIn(message.postback ?? {}, "payload")],
    [t("details.quickReply"), message.quick_reply],
    [t("details.post"), textIn(facts, "post_id") ?? textIn(facts, "media_id")],
    [t("details.commentId"), textIn(facts, "comment_id")],
    [t("details.metaId"), message.message_id],
    [t("details.id"), message.id],
  ];
  return rows.filter(([, value]) => Boolean(value));
}
