import { Pencil, Trash2 } from "lucide-react";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/button";
import { CANNED_FIELDS, type CannedField } from "@/lib/canned-fields";
import type { CannedReply } from "./use-replies";
import styles from "./canned-replies.module.css";

interface ReplyListProps {
  replies: CannedReply[];
  mayChange: boolean;
  onEdit: (reply: CannedReply) => void;
  onDelete: (reply: CannedReply) => void;
}

export function ReplyList({ replies, mayChange, onEdit, onDelete }: ReplyListProps) {
  const { t } = useTranslation("cannedReplies");
  return (
    <ul className={styles.list} aria-label={t("list")}>
      {replies.map((reply) => (
        <li key={reply.id} className={styles.reply}>
          <h2 className={styles.shortcut}>/{reply.shortcut}</h2>
          <p className={styles.text}>
            <WithFields text={reply.text} />
          </p>
          {mayChange && (
            <div className={styles.tools}>
              <IconButton label={t("edit", { shortcut: `/${reply.shortcut}` })} onClick={() => onEdit(reply)}>
                <Pencil size={17} aria-hidden="true" />
              </IconButton>
              <IconButton
                label={t("delete", { shortcut: `/${reply.shortcut}` })}
                onClick={() => onDelete(reply)}
              >
                <Trash2 size={17} aria-hidden="true" />
              </IconButton>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

const FIELD = new RegExp(`\\{\\{(${CANNED_FIELDS.join("|").replaceAll(".", "\\.")})\\}\\}`);

/** The text with its fields by their names for people. */
function WithFields({ text }: { text: string }) {
  const { t } = useTranslation("cannedReplies");
  // Split by a pattern with a group, every second piece is what the group found.
  return text.split(FIELD).map((piece, at) =>
    at % 2 === 0 ? (
      <Fragment key={at}>{piece}</Fragment>
    ) : (
      <span key={at} className={styles.field}>
        {t(`fields.${piece as CannedField}`)}
      </span>
    ),
  );
}
