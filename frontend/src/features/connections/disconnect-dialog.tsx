import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CircleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Account } from "@/api/types";
import { useVoice } from "@/components/announcer";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useErrorWords } from "@/components/error-words";
import { keys } from "@/lib/keys";
import { useClient } from "@/lib/root";
import { accountName } from "@/lib/names";
import styles from "./disconnect-dialog.module.css";

/** Asks once more, and says what ends and what is kept. */
export function DisconnectDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTranslation("connections");
  const { t: common } = useTranslation();
  const client = useClient();
  const cache = useQueryClient();
  const { toast } = useVoice();
  const errorWords = useErrorWords();
  const name = accountName(account);
  const leave = useMutation({
    mutationFn: () => client.disconnect(account.id),
    onSuccess: () => {
      cache.setQueryData<Account[]>(keys.accounts, (all) =>
        all?.map((each) =>
          each.id === account.id ? { ...each, status: "disconnected", status_reason: null } : each,
        ),
      );
      void cache.invalidateQueries({ queryKey: keys.accounts });
      toast(t("disconnect.done", { name }));
      onClose();
    },
  });
  return (
    <Dialog
      title={t("disconnect.title", { name })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button look="danger" busy={leave.isPending} onClick={() => leave.mutate()}>
            {t("disconnect.confirm")}
          </Button>
        </>
      }
    >
      <h3>{t("disconnect.stops")}</h3>
      <ul className={styles.list}>
        <Point icon={<X size={16} aria-hidden="true" />}>{t("disconnect.stopsReceive")}</Point>
        <Point icon={<X size={16} aria-hidden="true" />}>{t("disconnect.stopsSend")}</Point>
        <Point icon={<X size={16} aria-hidden="true" />}>{t("disconnect.stopsToken")}</Point>
      </ul>
      <h3>{t("disconnect.stays")}</h3>
      <ul className={styles.list} data-stays="">
        <Point icon={<Check size={16} aria-hidden="true" />}>{t("disconnect.staysHistory")}</Point>
        <Point icon={<Check size={16} aria-hidden="true" />}>{t("disconnect.staysAgain")}</Point>
        <Point icon={<Check size={16} aria-hidden="true" />}>{t("disconnect.staysMeta")}</Point>
      </ul>
      {leave.error !== null && (
        <p role="alert" className={styles.error}>
          <CircleAlert size={16} aria-hidden="true" />
          {errorWords(leave.error)}
        </p>
      )}
    </Dialog>
  );
}

function Point({ icon, children }: { icon: ReactNode; children: string }) {
  return (
    <li className={styles.point}>
      {icon}
      <span>{children}</span>
    </li>
  );
}
