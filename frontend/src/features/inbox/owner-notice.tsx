import { Split } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "./owner-notice.module.css";

/** Meta's own apps that may have a conversation. */
const PAGE_INBOX = "263902037430900";
const INSTAGRAM_APP = "1217981644879628";

/** Says which other app has the conversation; where one writes, it is taken back. */
export function OwnerNotice({ owner }: { owner: string | null }) {
  const { t } = useTranslation("inbox");
  return (
    <div role="status">
      {owner !== null && owner !== "self" && (
        <p className={styles.notice}>
          <Split size={16} aria-hidden="true" />
          {t(whoHas(owner))}
        </p>
      )}
    </div>
  );
}

function whoHas(owner: string): "owner.page" | "owner.instagram" | "owner.other" {
  if (owner === PAGE_INBOX) return "owner.page";
  return owner === INSTAGRAM_APP ? "owner.instagram" : "owner.other";
}
