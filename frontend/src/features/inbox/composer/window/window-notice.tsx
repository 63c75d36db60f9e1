import { Clock } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useLocale } from "@/lib/root";
import { isLastMinutes, type Phase } from "./phase";
import { moment, remaining } from "./remaining";
import styles from "./window-notice.module.css";

interface WindowNoticeProps {
  phase: Extract<Phase, { kind: "open" | "human" }>;
  now: number;
  name: string;
  human: boolean;
  onHuman: (human: boolean) => void;
  /** Another app answers in this conversation as well. */
  isShared: boolean;
}

const SOON_MS = 60 * 60_000;

/** Until when one may write, and what then. */
export function WindowNotice({ phase, now, name, human, onHuman, isShared }: WindowNoticeProps) {
  const { t } = useTranslation("composer");
  return (
    <>
      {isShared && <p className={styles.notice}>{t("owner.notice")}</p>}
      {phase.kind === "human" ? (
        <HumanChoice until={phase.until} name={name} human={human} onHuman={onHuman} />
      ) : (
        phase.until !== null && <Countdown until={phase.until} humanUntil={phase.humanUntil} now={now} />
      )}
    </>
  );
}

function Countdown({ until, humanUntil, now }: { until: number; humanUntil: number | null; now: number }) {
  const { t } = useTranslation("composer");
  const locale = useLocale();
  const left = until - now;
  const soon = left <= SOON_MS;
  const time = remaining(left, locale);
  return (
    <p
      className={styles.notice}
      role="timer"
      aria-live="off"
      data-tone={isLastMinutes(left) ? "danger" : soon ? "warning" : undefined}
    >
      <Clock size={15} aria-hidden="true" />
      <span>
        {t(soon ? "window.soon" : "window.left", { time })}
        {soon && humanUntil !== null && humanUntil > until && (
          <> {t("window.leftThenHuman", { until: moment(humanUntil, locale) })}</>
        )}
      </span>
    </p>
  );
}

type HumanChoiceProps = Pick<WindowNoticeProps, "name" | "human" | "onHuman"> & { until: number };

function HumanChoice({ until, name, human, onHuman }: HumanChoiceProps) {
  const { t } = useTranslation("composer");
  const locale = useLocale();
  const id = useId();
  return (
    <div className={styles.human}>
      <p>
        <Clock size={15} aria-hidden="true" className={styles.sign} />{" "}
        {t("window.human", { until: moment(until, locale) })}
      </p>
      <label className={styles.choice}>
        <input
          type="checkbox"
          checked={human}
          aria-describedby={id}
          onChange={(event) => onHuman(event.target.checked)}
          className={styles.check}
        />
        {t("window.humanChoice")}
      </label>
      <p id={id} className={styles.hint}>
        {t("window.humanHint", { name })}
      </p>
    </div>
  );
}
