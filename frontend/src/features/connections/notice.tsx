import type { ReactNode } from "react";
import type { Tone } from "@/components/badge";
import styles from "./notice.module.css";

interface NoticeProps {
  icon: ReactNode;
  title: string;
  tone?: Tone;
  children?: ReactNode;
  actions?: ReactNode;
}

/** Something to know and to act on, above the list or inside an account. */
export function Notice({ icon, title, tone = "neutral", children, actions }: NoticeProps) {
  return (
    <div className={styles.notice} data-tone={tone}>
      <span className={styles.icon}>{icon}</span>
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {children}
      </div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
