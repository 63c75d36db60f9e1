import { useQuery } from "@tanstack/react-query";
import { CircleCheck, ExternalLink, RefreshCw, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Account, Check } from "@/api/types";
import { Button } from "@/components/button";
import { ErrorState } from "@/components/state";
import { Spinner } from "@/components/spinner";
import { keys } from "@/lib/keys";
import { useClient } from "@/lib/root";
import { accountName } from "@/lib/names";
import styles from "./account-health.module.css";
import { SUPPORT } from "./account-need";

interface HealthProps {
  account: Account;
  onReconnect: () => void;
}

/** What the account needs to work, checked at Meta just now, with the way to mend each thing. */
export function AccountHealth({ account, onReconnect }: HealthProps) {
  const { t } = useTranslation("connections");
  const client = useClient();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: keys.health(account.id),
    queryFn: () => client.health(account.id),
    staleTime: 0,
  });
  const bad = data?.filter(({ ok }) => !ok).length ?? 0;
  return (
    <section className={styles.panel} aria-label={t("health.title", { name: accountName(account) })}>
      <div role="status" className={styles.head}>
        {isFetching ? (
          <Spinner label={t("health.checking")} />
        ) : (
          data && (
            <p className={styles.sum}>{bad === 0 ? t("health.allGood") : t("health.bad", { count: bad })}</p>
          )
        )}
      </div>
      {error !== null && !isFetching && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && (
        <>
          <ul className={styles.checks}>
            {data.map((check) => (
              <CheckRow key={check.name} check={check} onReconnect={onReconnect} />
            ))}
          </ul>
          <Button size="small" onClick={() => void refetch()} disabled={isFetching}>
            <RefreshCw size={14} aria-hidden="true" />
            {t("health.again")}
          </Button>
        </>
      )}
    </section>
  );
}

const KNOWN = ["status", "access_token", "webhooks", "policy", "history"] as const;
type Known = (typeof KNOWN)[number];

function CheckRow({ check, onReconnect }: { check: Check; onReconnect: () => void }) {
  const { t } = useTranslation("connections");
  const known = KNOWN.find((each) => each === check.name);
  return (
    <li className={styles.check} data-ok={check.ok}>
      <span className={styles.sign}>
        {check.ok ? (
          <CircleCheck size={18} role="img" aria-label={t("health.good")} />
        ) : (
          <TriangleAlert size={18} role="img" aria-label={t("health.attention")} />
        )}
      </span>
      <div className={styles.words}>
        <h3>{known ? t(`health.${known}.title`) : check.name}</h3>
        <p className={styles.text}>
          {known ? t(`health.${known}.${check.ok ? "good" : "bad"}`) : check.detail}
        </p>
        {!check.ok && (
          <>
            {known ? <Fix known={known} onReconnect={onReconnect} /> : check.fix && <p>{check.fix}</p>}
            {known && (
              <details className={styles.technical}>
                <summary>{t("health.technical")}</summary>
                <p lang="en">{[check.detail, check.fix].filter(Boolean).join(" — ")}</p>
              </details>
            )}
          </>
        )}
      </div>
    </li>
  );
}

function Fix({ known, onReconnect }: { known: Known; onReconnect: () => void }) {
  const { t } = useTranslation("connections");
  return (
    <div className={styles.fix}>
      <p>
        <strong>{t("health.whatToDo")}:</strong> {t(`health.${known}.fix`)}
      </p>
      {known === "policy" ? (
        <a className={styles.link} href={SUPPORT} target="_blank" rel="noreferrer noopener">
          {t("policy.support")}
          <ExternalLink size={14} aria-hidden="true" />
        </a>
      ) : (
        <Button size="small" onClick={onReconnect}>
          {t("connect.reconnect")}
        </Button>
      )}
    </div>
  );
}
