import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Account, AccountDetail } from "@/api/types";
import { keys } from "@/lib/keys";
import { useClient } from "@/lib/root";
import styles from "./account-card.module.css";

/** How far earlier conversations are read back, while that is worth knowing. */
export function AccountHistory({ account }: { account: Account }) {
  const { t } = useTranslation("connections");
  const client = useClient();
  const { data } = useQuery({
    queryKey: keys.account(account.id),
    queryFn: () => client.account(account.id),
    // The live connection tells when a run goes on, but not to a session that may not read messages.
    refetchInterval: (query) => (isUnderWay(query.state.data?.history) ? LOOKED_AT_EVERY_MS : false),
  });
  const history = data?.history;
  if (!history) return null;
  const count = (what: "conversations" | "messages") => t(`history.${what}`, { count: history[what] });
  const progress = t("history.progress", {
    conversations: count("conversations"),
    messages: count("messages"),
  });
  if (history.state === "failed") {
    return (
      <div className={styles.need} data-tone="warning">
        <TriangleAlert size={18} aria-hidden="true" />
        <div className={styles.words}>
          <p>{t("history.failed")}</p>
          {history.problem && (
            <p className={styles.trace} lang="en">
              {history.problem}
            </p>
          )}
        </div>
      </div>
    );
  }
  if (history.state === "done") {
    return history.kind === "import" && history.messages > 0 ? (
      <p className={styles.quiet}>{t("history.done", { progress })}</p>
    ) : null;
  }
  const title =
    history.state === "due" && history.kind === "import" ? t("history.due") : t(`history.${history.kind}`);
  return (
    <div className={styles.history}>
      <p>
        {title} {history.state === "running" && <span className={styles.trace}>{progress}</span>}
      </p>
      <div className={styles.bar} role="progressbar" aria-label={title} aria-valuetext={progress}>
        <span className={styles.moving} />
      </div>
      {history.problem && <p className={styles.trace}>{t("history.waits")}</p>}
    </div>
  );
}

const LOOKED_AT_EVERY_MS = 5000;

const isUnderWay = (history: AccountDetail["history"]): boolean =>
  history?.state === "due" || history?.state === "running";
