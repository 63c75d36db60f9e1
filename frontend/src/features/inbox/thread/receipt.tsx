import { Check, CheckCheck, CircleAlert, CircleHelp, Clock } from "lucide-react";
import { useView } from "./thread-context";
import { unseen } from "@/components/unseen";
import styles from "./bubble.module.css";

const SIGNS = {
  queued: Clock,
  sending: Clock,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  failed: CircleAlert,
  unknown: CircleHelp,
} as const;

export type KnownStatus = keyof typeof SIGNS;
export const isKnownStatus = (status: string): status is KnownStatus => status in SIGNS;

/** How far a message of ours is, as far as the platform tells. */
export function Receipt({ status }: { status: string }) {
  const { t } = useView();
  if (!isKnownStatus(status)) return null;
  const Sign = SIGNS[status];
  const words = t(`status.${status}`);
  return (
    <span className={styles.receipt} data-status={status} title={words}>
      <Sign size={14} aria-hidden="true" />
      <span className={unseen}>{words}</span>
    </span>
  );
}

/** What the platform tells at all: Instagram never says that a message was delivered. */
export function statusesOf(platform: "instagram" | "messenger"): KnownStatus[] {
  const told: KnownStatus[] = ["queued", "sent", "delivered", "read", "unknown", "failed"];
  return platform === "instagram" ? told.filter((each) => each !== "delivered") : told;
}
