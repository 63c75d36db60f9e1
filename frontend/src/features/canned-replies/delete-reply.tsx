import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useFaultWords } from "./use-fault-words";
import { useDeleteReply, type CannedReply } from "./use-replies";
import styles from "./canned-replies.module.css";

interface DeleteReplyProps {
  reply: CannedReply;
  onClose: () => void;
  onDone: () => void;
}

/** Asks once more: it goes away for everybody. */
export function DeleteReply({ reply, onClose, onDone }: DeleteReplyProps) {
  const { t } = useTranslation("cannedReplies");
  const { t: common } = useTranslation();
  const words = useFaultWords();
  const remove = useDeleteReply(reply, onDone);
  return (
    <Dialog
      title={t("remove.title", { shortcut: reply.shortcut })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
            {t("remove.confirm")}
          </Button>
        </>
      }
    >
      <p>{t("remove.text")}</p>
      {remove.error !== null && (
        <p role="alert" className={styles.fault}>
          {words(remove.error)}
        </p>
      )}
    </Dialog>
  );
}
