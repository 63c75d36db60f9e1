import { EyeOff, Globe, History, Lock, Radio } from "lucide-react";
import type { Message } from "@/api/types";
import { answersComment, factsOf } from "./facts";
import { Receipt } from "./receipt";
import { timeOf } from "./rows";
import { useView } from "./thread-context";
import { unseen } from "@/components/unseen";
import styles from "./bubble.module.css";

interface MetaProps {
  message: Message;
  /** Whether what it said before is shown. */
  isOpen: boolean;
  onEdits: () => void;
}

/** The small print of a message: when, and what is to be known about it. */
export function MessageMeta({ message, isOpen, onEdits }: MetaProps) {
  const { t, times } = useView();
  const time = timeOf(message);
  const way = answersComment(message);
  return (
    <span className={styles.meta}>
      {way && <Sign icon={way === "private" ? Lock : Globe} words={t(`meta.${way}`)} />}
      {factsOf(message)["hidden"] === true && <Sign icon={EyeOff} words={t("meta.hidden")} />}
      {message.standby && <Sign icon={Radio} words={t("meta.standby")} />}
      {message.imported && <Sign icon={History} words={t("meta.imported")} />}
      {message.edited_at && (
        <button
          type="button"
          className={styles.edited}
          aria-label={t("meta.editedLabel")}
          aria-expanded={isOpen}
          onClick={onEdits}
        >
          {t("meta.edited")}
        </button>
      )}
      <time dateTime={time} title={times.exact(time)}>
        {times.clock(time)}
      </time>
      {message.direction === "outbound" && <Receipt status={message.status} />}
    </span>
  );
}

function Sign({ icon: Icon, words }: { icon: typeof Lock; words: string }) {
  return (
    <span className={styles.sign} title={words}>
      <Icon size={13} aria-hidden="true" />
      <span className={unseen}>{words}</span>
    </span>
  );
}

/** Every text that an edited message had. */
export function Edits({ message }: { message: Message }) {
  const { t, times } = useView();
  const earlier = message.edits.slice(0, -1);
  return (
    <section className={styles.edits} aria-label={t("edits.title")}>
      <ol>
        {earlier.map((version, at) => (
          <li key={version.number}>
            <span className={styles.faint}>
              {version.number === 0 ? t("edits.first") : t("edits.number", { number: at })}
              {" · "}
              {times.clock(version.at)}
            </span>
            <p dir="auto" className={styles.text}>
              {version.text ?? t("edits.untold")}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
