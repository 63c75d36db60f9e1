import { useQuery } from "@tanstack/react-query";
import { ExternalLink, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import type { Wanted } from "./login-step";
import { Notice } from "./notice";
import styles from "./notice.module.css";
import type { Login } from "./use-login";

const RENEWED_EVERY_MS = 40_000;

interface BlockedProps {
  login: Login;
  wanted: Wanted;
  onDismiss: () => void;
}

/** The browser let no window open: the ways that are left. */
export function BlockedNotice({ login, wanted, onDismiss }: BlockedProps) {
  const { t } = useTranslation("connections");
  const framed = globalThis.parent !== globalThis.window;
  return (
    <Notice
      tone="warning"
      icon={<TriangleAlert size={20} aria-hidden="true" />}
      title={t("login.blocked")}
      actions={
        <>
          {framed ? (
            <DialogLink login={login} wanted={wanted} />
          ) : (
            <Button look="primary" onClick={login.goOnInThisTab}>
              {t("login.goOn")}
            </Button>
          )}
          <Button onClick={() => login.start(wanted)}>{t("login.again")}</Button>
          <Button look="quiet" onClick={onDismiss}>
            {t("login.cancel")}
          </Button>
        </>
      }
    >
      <p>{framed ? t("login.blockedFramed") : t("login.blockedText")}</p>
    </Notice>
  );
}

/** Meta goes on in no frame; what a person opens by a link is blocked by no browser. The link lives a minute. */
function DialogLink({ login, wanted }: { login: Login; wanted: Wanted }) {
  const { t } = useTranslation("connections");
  const { data: address } = useQuery({
    queryKey: ["login-address", wanted.login, wanted.platform],
    queryFn: login.address,
    staleTime: 0,
    gcTime: 0,
    refetchInterval: RENEWED_EVERY_MS,
  });
  return (
    address && (
      // The page behind it answers to this one.
      <a className={styles.link} href={address} target="_blank" rel="opener">
        <ExternalLink size={16} aria-hidden="true" />
        {t("login.goOnFramed")}
      </a>
    )
  );
}
