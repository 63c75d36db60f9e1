import { isPending, type Row } from "./rows";
import { useView } from "./thread-context";
import styles from "./list.module.css";

export function DayLine({ time }: { time: string }) {
  const { t, times } = useView();
  const words = { today: t("day.today"), yesterday: t("day.yesterday") };
  return (
    <p className={styles.day}>
      <time dateTime={time}>{times.day(time, words)}</time>
    </p>
  );
}

/** What stands above the very first message; and what could not be had of what was said before. */
export function Beginning({ row }: { row: Row }) {
  const { t } = useView();
  return (
    <div className={styles.beginning}>
      <p>{t("beginning.title")}</p>
      {!isPending(row) && row.imported && <p>{t("beginning.imported")}</p>}
    </div>
  );
}
