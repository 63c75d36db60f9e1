import type { ReactNode } from "react";
import styles from "./cards.module.css";

/** A box for what is neither words nor a file. */
export function Card({ icon, title, children }: { icon: ReactNode; title: ReactNode; children?: ReactNode }) {
  return (
    <div className={styles.card}>
      <p className={styles.title}>
        {icon}
        <span>{title}</span>
      </p>
      {children}
    </div>
  );
}
