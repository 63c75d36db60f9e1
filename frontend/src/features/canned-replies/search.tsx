import { useTranslation } from "react-i18next";
import { SearchBox } from "@/components/search-box";
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
      <SearchBox label={t("search")} className={styles.box} value={value} onChange={onChange} />
      <p role="status" className={styles.count}>
        {t("count", { count })}
      </p>
    </div>
  );
}
