import { Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Account } from "@/api/types";
import { Button } from "@/components/button";
import { accountName } from "@/lib/names";
import styles from "./notice.module.css";

interface NoticeProps {
  account: Account;
  onReconnect: ((account: string) => void) | undefined;
}

/** Why nothing new comes from an account, and what helps. */
export function AccountNotice({ account, onReconnect }: NoticeProps) {
  const { t } = useTranslation("inbox");
  const { status } = account;
  if (status !== "disconnected" && status !== "reauth_required") return null;
  return (
    <div className={styles.notice}>
      <Unplug size={17} aria-hidden="true" />
      <p className={styles.words}>{t(`account.${status}`, { name: accountName(account) })}</p>
      {onReconnect && (
        <Button size="small" onClick={() => onReconnect(account.id)}>
          {t("account.reconnect")}
        </Button>
      )}
    </div>
  );
}
