import { Reply, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { IconButton } from "@/components/button";
import styles from "./composer.module.css";

interface ReplyStripProps {
  message: Message;
  name: string;
  onCancel: () => void;
}

const KINDS = ["image", "images", "video", "audio", "file", "sticker"] as const;

/** The message that is answered, above what is written. */
export function ReplyStrip({ message, name, onCancel }: ReplyStripProps) {
  const { t } = useTranslation("composer");
  const kind = KINDS.find((each) => each === message.type) ?? "other";
  return (
    <div className={styles.reply}>
      <Reply size={16} aria-hidden="true" />
      <div className={styles.quote}>
        <p className={styles.who}>
          {message.direction === "outbound" ? t("reply.toSelf") : t("reply.to", { name })}
        </p>
        <p className={styles.quoted}>{message.text ?? t(`reply.types.${kind}`)}</p>
      </div>
      <IconButton size="small" label={t("reply.cancel")} onClick={onCancel}>
        <X size={16} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
