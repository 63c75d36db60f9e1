import { Search as Glass } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "./canned-replies.module.css";

interface SearchProps {
  value: string;
  onChange: (value: string) => void;
  /** How many were found. */
  count: number;
}

export function Search({ value, onChange, count }: SearchProps) {
  const { t } = useTranslation("cannedReplies");
  return (
    <div className={styles.search}>
      <span className={styles.box}>
        <Glass size={17} aria-hidden="true" />
        <input
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          className={styles.input}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </span>
      <p role="status" className={styles.count}>
        {t("count", { count })}
      </p>
    </div>
  );
}
