import { useTranslation } from "react-i18next";
import { unseen } from "@/components/unseen";
import styles from "./skeletons.module.css";

const ROWS = [62, 48, 71, 55, 40, 66, 52, 58, 45];

/** The shape of a list whose content is on its way. */
export function Skeletons() {
  const { t } = useTranslation("inbox");
  return (
    <div role="status" className={styles.list}>
      <span className={unseen}>{t("list.loading")}</span>
      {ROWS.map((width, number) => (
        <div key={number} className={styles.row} aria-hidden="true">
          <span className={styles.picture} />
          <span className={styles.words}>
            <span className={styles.line} style={{ inlineSize: `${String(width * 0.7)}%` }} />
            <span className={styles.line} style={{ inlineSize: `${String(width + 20)}%` }} />
          </span>
        </div>
      ))}
    </div>
  );
}
