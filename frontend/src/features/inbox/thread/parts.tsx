import { ChevronDown } from "lucide-react";
import { useState } from "react";
import type { Message } from "@/api/types";
import { upper } from "@/components/error-words";
import { Receipt } from "./receipt";
import { useView } from "./thread-context";
import { causeOf } from "./cause";
import styles from "./bubble.module.css";

/** The parts of a text that was too long for one message, each with what became of it. */
export function Parts({ parts }: { parts: Message["parts"] }) {
  const view = useView();
  const { t } = view;
  const isMixed = parts.some(({ status }) => status === "failed" || status === "unknown");
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isOpen = chosen ?? isMixed;
  return (
    <div className={styles.parts}>
      <button type="button" className={styles.more} aria-expanded={isOpen} onClick={() => setChosen(!isOpen)}>
        <ChevronDown size={14} aria-hidden="true" data-open={isOpen || undefined} />
        {t("parts.title", { count: parts.length })}
      </button>
      {isOpen && (
        <ol>
          {parts.map((part) => (
            <li key={part.index} className={styles.part}>
              <Receipt status={part.status} />
              <span>{t("parts.part", { number: part.index + 1 })}</span>
              <span className={styles.beginning} dir="auto">
                {part.text}
              </span>
              {part.error && <span className={styles.why}>{upper(causeOf(part.error, view))}</span>}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
