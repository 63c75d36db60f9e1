import type { Message } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useActions, useView } from "./thread-context";

/** Sending again what may have arrived is a person's decision. */
export function ResendDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const { t, name, cancel } = useView();
  const { resendNow } = useActions();
  return (
    <Dialog
      title={t("resend.title")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{cancel}</Button>
          <Button
            look="danger"
            onClick={() => {
              onClose();
              void resendNow(message);
            }}
          >
            {t("resend.yes")}
          </Button>
        </>
      }
    >
      <p>{t("resend.text", { name })}</p>
      <p>{t("resend.check")}</p>
    </Dialog>
  );
}
