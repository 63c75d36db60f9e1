import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./button";
import { useErrorWords } from "./error-words";
import styles from "./state.module.css";

interface EmptyProps {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
}

/** What stands where there is nothing to list. */
export function EmptyState({ icon, title, children }: EmptyProps) {
  return (
    <div className={styles.state}>
      {icon && <span className={styles.icon}>{icon}</span>}
      <p className={styles.title}>{title}</p>
      {children}
    </div>
  );
}

/** Something could not be read: why, and another try. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const words = useErrorWords();
  return (
    <div className={styles.state} role="alert">
      <span className={styles.icon} data-tone="danger">
        <CircleAlert size={22} aria-hidden="true" />
      </span>
      <p className={styles.title}>{t("failed.title")}</p>
      <p>{words(error)}</p>
      <Button onClick={onRetry}>{t("failed.again")}</Button>
    </div>
  );
}
