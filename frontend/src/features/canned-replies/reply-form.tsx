import { useEffect, useId, useRef, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { TextArea, TextField } from "@/components/field";
import { filled, unknownField } from "@/lib/canned-fields";
import { useLocale } from "@/lib/root";
import { lengthOf } from "@/lib/surface";
import { LONGEST_TEXT, shortcutFault, textFault, told } from "./faults";
import { FieldChips } from "./field-chips";
import { useFaultWords } from "./use-fault-words";
import { useSaveReply, type CannedReply } from "./use-replies";
import styles from "./canned-replies.module.css";

interface ReplyFormProps {
  /** The reply that is changed; null: a new one. */
  reply: CannedReply | null;
  /** All there are, whose shortcuts are taken. */
  replies: CannedReply[];
  onClose: () => void;
}

const FITS_INSTAGRAM = 1000;

/** Writes a reply, new or known. */
export function ReplyForm({ reply, replies, onClose }: ReplyFormProps) {
  const { t } = useTranslation("cannedReplies");
  const { t: common } = useTranslation();
  const locale = useLocale();
  const words = useFaultWords();
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? "");
  const [text, setText] = useState(reply?.text ?? "");
  const [tried, setTried] = useState(false);
  const save = useSaveReply(reply, onClose);
  const said = told(save.error);
  const [wrongShortcut, wrongText] = [shortcutFault(shortcut, replies, reply?.id ?? null), textFault(text)];
  const shownShortcut = wrongShortcut ?? said.shortcut;
  const shownText = wrongText ?? said.text;
  // The dialog gives it to its first button, which closes it.
  useEffect(
    () => form.current?.querySelector<HTMLElement>(reply === null ? "input" : "textarea")?.focus(),
    [reply],
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrongShortcut === null && wrongText === null) {
      save.mutate({ shortcut: shortcut.normalize("NFC"), text });
      return;
    }
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
  };
  const number = new Intl.NumberFormat(locale);
  const used = number.format(lengthOf(text, "characters"));
  const values = {
    "contact.name": t("sample.name"),
    "contact.username": t("sample.username"),
    "account.name": t("sample.account"),
  };
  const change = (take: (value: string) => void) => (value: string) => {
    if (save.isError) save.reset();
    take(value);
  };
  return (
    <Dialog
      title={t(reply === null ? "form.newTitle" : "form.editTitle")}
      size="medium"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button type="submit" form={id} look="primary" busy={save.isPending}>
            {t("form.save")}
          </Button>
        </>
      }
    >
      <form ref={form} id={id} className={styles.form} onSubmit={submit} noValidate>
        <TextField
          label={t("form.shortcut")}
          hint={t("form.shortcutHint", { example: shortcut || t("form.example") })}
          fault={tried && shownShortcut ? t(`faults.${shownShortcut}`) : null}
          value={shortcut}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change(setShortcut)(event.target.value.replace(/^\//, ""))}
        />
        <div className={styles.group}>
          <TextArea
            label={t("form.text")}
            hint={t("form.count", { used, limit: number.format(LONGEST_TEXT) })}
            fault={tried && shownText ? t(`faults.${shownText}`, { field: unknownField(text) ?? "" }) : null}
            rows={5}
            value={text}
            onChange={(event) => change(setText)(event.target.value)}
          />
          <FieldChips
            text={text}
            onChange={change(setText)}
            box={() => form.current?.querySelector("textarea") ?? null}
          />
        </div>
        {lengthOf(text, "bytes") > FITS_INSTAGRAM && wrongText === null && (
          <p className={styles.note}>{t("form.long")}</p>
        )}
        {text.trim() !== "" && (
          <section aria-label={t("form.preview")} className={styles.preview}>
            <h3 className={styles.previewTitle}>{t("form.preview")}</h3>
            <p className={styles.bubble}>{filled(text, values)}</p>
          </section>
        )}
        {said.other !== null && said.other !== undefined && (
          <p role="alert" className={styles.fault}>
            {words(said.other)}
          </p>
        )}
      </form>
    </Dialog>
  );
}
