import { useQueryClient } from "@tanstack/react-query";
import { Lock, MessageCircleMore } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Account, Conversation } from "@/api/types";
import { useVoice } from "@/components/announcer";
import { Button } from "@/components/button";
import { useErrorWords } from "@/components/error-words";
import { putConversation } from "@/lib/live-cache";
import { accountName } from "@/lib/names";
import { useClient } from "@/lib/root";
import { useDraft } from "./use-draft";
import styles from "./closed.module.css";

export type WhyClosed =
  | "expired"
  | "never_opened"
  | "reauth_required"
  | "disconnected"
  | "blocked"
  | "scope"
  | "comments"
  | "surface"
  | "owner";

interface ClosedProps {
  why: WhyClosed;
  name: string;
  account: Account;
  conversation: Conversation;
  onReconnect?: (() => void) | undefined;
}

/** Why nothing can be written here, and what can be done about it. */
export function Closed({ why, name, account, conversation, onReconnect }: ClosedProps) {
  const { t } = useTranslation("composer");
  const [draft] = useDraft(account.id, conversation.contact_id);
  const reconnects = (why === "reauth_required" || why === "disconnected") && onReconnect !== undefined;
  const Sign = why === "comments" ? MessageCircleMore : Lock;
  return (
    <section
      className={styles.closed}
      data-takes-focus
      tabIndex={-1}
      aria-label={t(`closed.${why}.title`, { name })}
    >
      <Sign size={20} aria-hidden="true" className={styles.sign} />
      <div className={styles.words}>
        <p className={styles.title}>{t(`closed.${why}.title`, { name })}</p>
        <p>{t(`closed.${why}.text`, { name, account: accountName(account) })}</p>
        {draft.trim() !== "" && why !== "comments" && (
          <p className={styles.draft}>
            {t("closed.draft")} <q className={styles.text}>{draft}</q>
          </p>
        )}
      </div>
      {reconnects && (
        <Button look="primary" onClick={onReconnect}>
          {t("closed.reconnect")}
        </Button>
      )}
      {why === "owner" && <TakeOver account={account.id} contact={conversation.contact_id} />}
    </section>
  );
}

function TakeOver({ account, contact }: { account: string; contact: string }) {
  const { t } = useTranslation("composer");
  const client = useClient();
  const cache = useQueryClient();
  const { toast } = useVoice();
  const words = useErrorWords();
  const [busy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    try {
      await client.threadControl({ account, contact }, "take");
      putConversation(cache, await client.conversation({ account, contact }));
    } catch (error) {
      toast(words(error), "danger");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button look="primary" busy={busy} onClick={() => void take()}>
      {t("closed.take")}
    </Button>
  );
}
