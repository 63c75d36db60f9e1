import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Account, MetaLogin, Platform } from "@/api/types";
import { AccountCard } from "./account-card";
import { inOrderOfNeed } from "./account-status";
import styles from "./connections.module.css";
import { DisconnectDialog } from "./disconnect-dialog";
import type { Login } from "./use-login";

interface ListProps {
  accounts: Account[];
  login: Login;
  mayManage: boolean;
}

export function AccountList({ accounts, login, mayManage }: ListProps) {
  const { t } = useTranslation("connections");
  const [leaving, setLeaving] = useState<Account | null>(null);
  // Read once a visit: an order that changes by itself would move what one is about to press.
  const [now] = useState(Date.now);
  return (
    <>
      <ul className={styles.accounts} aria-label={t("listLabel")}>
        {inOrderOfNeed(accounts, now).map((account) => (
          <li key={account.id}>
            <AccountCard
              account={account}
              now={now}
              mayManage={mayManage}
              onReconnect={() =>
                login.start({
                  platform: account.platform as Platform,
                  login: account.login as MetaLogin,
                  account,
                })
              }
              onDisconnect={() => setLeaving(account)}
            />
          </li>
        ))}
      </ul>
      {leaving && <DisconnectDialog account={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}
