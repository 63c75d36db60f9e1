import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Split } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Account, Conversation } from "@/api/types";
import { useVoice } from "@/components/announcer";
import { Button } from "@/components/button";
import { useErrorWords } from "@/components/error-words";
import { keys } from "@/lib/keys";
import { putConversation } from "@/lib/live-cache";
import { useClient } from "@/lib/root";
import styles from "./list/notice.module.css";

/** Meta's own apps that may have a conversation. */
const PAGE_INBOX = "263902037430900";
const INSTAGRAM_APP = "1217981644879628";

/** Says that another app has the conversation, and takes it back. */
export function OwnerNotice({ account, conversation }: { account: Account; conversation: Conversation }) {
  const { t } = useTranslation("inbox");
  const { toast } = useVoice();
  const words = useErrorWords();
  const client = useClient();
  const cache = useQueryClient();
  const { account_id, contact_id, thread_owner: owner } = conversation;
  const take = useMutation({
    mutationFn: () => client.threadControl({ account: account_id, contact: contact_id }, "take"),
    onSuccess: () => {
      const now = cache.getQueryData<Conversation>(keys.conversation(account_id, contact_id)) ?? conversation;
      putConversation(cache, { ...now, thread_owner: "self" });
      toast(t("owner.taken"));
    },
    onError: (error) => toast(words(error), "danger"),
  });
  // By its own login Instagram has no Page to share conversations of.
  const canTake = account.login !== "instagram" && conversation.kind === "direct";
  const isOther = owner !== null && owner !== "self";
  return (
    <div role="status">
      {isOther && (
        <div className={styles.notice}>
          <Split size={17} aria-hidden="true" />
          <p className={styles.words}>
            {t(whoHas(owner))} {t("owner.rest")}
          </p>
          {canTake && (
            <Button size="small" busy={take.isPending} onClick={() => take.mutate()}>
              {t("owner.take")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function whoHas(owner: string): "owner.page" | "owner.instagram" | "owner.other" {
  if (owner === PAGE_INBOX) return "owner.page";
  return owner === INSTAGRAM_APP ? "owner.instagram" : "owner.other";
}
