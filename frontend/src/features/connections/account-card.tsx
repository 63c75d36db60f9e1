import { ChevronDown, Ellipsis, Stethoscope } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Account } from "@/api/types";
import { Avatar } from "@/components/avatar";
import { Badge, type Tone } from "@/components/badge";
import { Button, IconButton } from "@/components/button";
import { Menu, MenuItem } from "@/components/menu";
import { handleOf, accountName } from "@/lib/names";
import styles from "./account-card.module.css";
import { AccountFacts } from "./account-facts";
import { AccountHealth } from "./account-health";
import { AccountHistory } from "./account-history";
import { AccountNeed } from "./account-need";
import { standingOf, type Standing } from "./account-status";

const TONES: Record<Standing, Tone> = {
  active: "success",
  expiring: "warning",
  reauth_required: "danger",
  disconnected: "neutral",
};

interface CardProps {
  account: Account;
  now: number;
  mayManage: boolean;
  onReconnect: () => void;
  onDisconnect: () => void;
}

/** One account: who it is, how it fares, and what can be done about it. */
export function AccountCard({ account, now, mayManage, onReconnect, onDisconnect }: CardProps) {
  const { t } = useTranslation("connections");
  const id = useId();
  const [checking, setChecking] = useState(false);
  const standing = standingOf(account, now);
  const connected = standing !== "disconnected";
  const name = accountName(account);
  const handle = handleOf(account.instagram_username);
  return (
    <article className={styles.card} data-standing={standing} aria-labelledby={`${id}-name`}>
      <div className={styles.head}>
        <Avatar picture={account.profile_picture_url} name={name} size={48} platform={account.platform} />
        <div className={styles.who}>
          <h2 id={`${id}-name`} className={styles.name}>
            {name}
          </h2>
          {handle !== null && handle !== name && <p className={styles.handle}>{handle}</p>}
        </div>
        <Badge tone={TONES[standing]}>{t(`status.${standing}`)}</Badge>
        {mayManage && (
          <div className={styles.actions}>
            {standing !== "active" && (
              <Button
                look={connected ? "primary" : "plain"}
                onClick={onReconnect}
                aria-label={t(connected ? "connect.reconnectNamed" : "connect.againNamed", { name })}
              >
                {connected ? t("connect.reconnect") : t("connect.again")}
              </Button>
            )}
            {connected && (
              <Button
                aria-expanded={checking}
                aria-controls={`${id}-health`}
                aria-describedby={`${id}-name`}
                onClick={() => setChecking(!checking)}
              >
                <Stethoscope size={16} aria-hidden="true" />
                {checking ? t("health.hide") : t("health.show")}
                <ChevronDown
                  size={16}
                  aria-hidden="true"
                  className={styles.turn}
                  data-open={checking || undefined}
                />
              </Button>
            )}
            {connected && (
              <Menu
                trigger={
                  <IconButton label={t("actions.more", { name })}>
                    <Ellipsis size={20} aria-hidden="true" />
                  </IconButton>
                }
              >
                <MenuItem onSelect={onReconnect}>{t("connect.reconnect")}</MenuItem>
                <MenuItem onSelect={onDisconnect} tone="danger">
                  {t("actions.disconnect")}
                </MenuItem>
              </Menu>
            )}
          </div>
        )}
      </div>
      <AccountFacts account={account} standing={standing} />
      <AccountNeed account={account} standing={standing} now={now} />
      {connected && <AccountHistory account={account} />}
      <div id={`${id}-health`}>
        {checking && connected && <AccountHealth account={account} onReconnect={onReconnect} />}
      </div>
    </article>
  );
}
