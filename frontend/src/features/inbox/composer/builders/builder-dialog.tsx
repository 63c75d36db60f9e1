import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import styles from "./builders.module.css";

interface BuilderDialogProps {
  title: string;
  intro?: string;
  /** What the contact is called. */
  name: string;
  preview: ReactNode;
  onSend: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Fields on one side, and on the other what the contact will see. */
export function BuilderDialog({
  title,
  intro,
  name,
  preview,
  onSend,
  onClose,
  children,
}: BuilderDialogProps) {
  const { t } = useTranslation("composer");
  const { t: common } = useTranslation();
  const fields = useRef<HTMLDivElement>(null);
  // The dialog gives it to its first button, which closes it.
  useEffect(() => fields.current?.querySelector<HTMLElement>("textarea, input")?.focus(), []);
  const send = () => {
    onSend();
    // Where something is wrong, one goes on there.
    requestAnimationFrame(() => fields.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
  };
  return (
    <Dialog
      title={title}
      size="medium"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button look="primary" onClick={send}>
            {t("builder.send")}
          </Button>
        </>
      }
    >
      <div className={styles.columns}>
        <div ref={fields} className={styles.fields}>
          {intro && <p className={styles.intro}>{intro}</p>}
          {children}
        </div>
        <section className={styles.preview} aria-label={t("builder.preview", { name })}>
          <h3 className={styles.previewTitle}>{t("builder.preview", { name })}</h3>
          {preview}
        </section>
      </div>
    </Dialog>
  );
}
