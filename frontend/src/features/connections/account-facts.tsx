import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Account } from "@/api/types";
import styles from "./account-card.module.css";
import { accessEnd, type Standing } from "./account-status";
import { useDays } from "./words";

/** Where the account belongs, since when it is connected and until when. */
export function AccountFacts({ account, standing }: { account: Account; standing: Standing }) {
  const { t } = useTranslation("connections");
  const { day, time } = useDays();
  const end = accessEnd(account);
  return (
    <dl className={styles.facts}>
      <Fact name={t("facts.platform")}>
        {t(account.platform === "instagram" ? "platform.instagram" : "platform.messenger")}
      </Fact>
      {account.facebook_page_name !== null && (
        <Fact name={t("facts.page")}>{account.facebook_page_name}</Fact>
      )}
      <Fact name={t("facts.connected")}>
        <time dateTime={account.connected_at}>{day(account.connected_at)}</time>
      </Fact>
      {(standing === "active" || standing === "expiring") && (
        <Fact name={t("facts.access")}>
          {end === null ? t("facts.noEnd") : <time dateTime={end}>{day(end)}</time>}
        </Fact>
      )}
      {standing !== "disconnected" && (
        <Fact name={t("facts.synced")}>
          {account.last_synced_at === null ? (
            t("facts.never")
          ) : (
            <time dateTime={account.last_synced_at}>{time(account.last_synced_at)}</time>
          )}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
