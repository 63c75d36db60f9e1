import { useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/components/button";
import { useVoice } from "@/components/announcer";
import { PlatformIcon } from "@/components/platform-icon";
import styles from "./connections.module.css";
import type { Login } from "./use-login";
import type { Way } from "./ways";

interface HeaderProps {
  heading: RefObject<HTMLHeadingElement | null>;
  login: Login;
  mayManage: boolean;
  ways: Way[];
  accounts: {
    data: unknown[] | undefined;
    isFetching: boolean;
    refetch: () => Promise<{ isError: boolean }>;
  };
}

export function Header({ heading, login, mayManage, ways, accounts }: HeaderProps) {
  const { t } = useTranslation("connections");
  const cache = useQueryClient();
  const { announce } = useVoice();
  const refresh = async () => {
    void cache.invalidateQueries({ queryKey: ["account"] });
    void cache.invalidateQueries({ queryKey: ["health"] });
    const { isError } = await accounts.refetch();
    if (!isError) announce(t("refreshed"));
  };
  const some = (accounts.data?.length ?? 0) > 0;
  return (
    <header className={styles.header}>
      <div className={styles.heading}>
        <h1 ref={heading} tabIndex={-1}>
          {t("title")}
        </h1>
        <p className={styles.lead}>{t("lead")}</p>
      </div>
      <div className={styles.tools}>
        <IconButton
          label={t("refresh")}
          look="plain"
          className={styles.refresh}
          data-turning={accounts.isFetching || undefined}
          onClick={() => void refresh()}
        >
          <RefreshCw size={18} aria-hidden="true" />
        </IconButton>
        {mayManage &&
          some &&
          ways.map(({ name, platform, wanted }) => (
            <Button key={name} onClick={() => login.start(wanted)}>
              <PlatformIcon platform={platform} />
              {t(`connect.${name}`)}
            </Button>
          ))}
      </div>
    </header>
  );
}
