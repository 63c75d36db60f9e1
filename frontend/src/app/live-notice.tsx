import { WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "@/lib/root";
import styles from "./live-notice.module.css";

/** Says that what is shown may be old, while the live connection is down. */
export function LiveNotice() {
  const { t } = useTranslation();
  const live = useLive();
  const state = useSyncExternalStore(live.watch, () => live.state);
  return (
    <div role="status">
      {state === "waiting" && (
        <p className={styles.notice}>
          <WifiOff size={16} aria-hidden="true" />
          {t("live.waiting")}
        </p>
      )}
    </div>
  );
}
