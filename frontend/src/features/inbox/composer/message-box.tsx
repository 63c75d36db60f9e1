import { useEffect, useId, type ClipboardEvent, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { optionId } from "./canned/canned-list";
import type { MessageBoxControl } from "./use-message-box";
import { unseen } from "@/components/unseen";
import styles from "./composer.module.css";

interface MessageBoxProps {
  name: string;
  control: MessageBoxControl;
  text: string;
  /** The list that the word before the caret has opened. */
  list: { id: string; active: number } | null;
  onChange: (text: string, caret: number) => void;
  onCaret: (caret: number) => void;
  onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
  onBlur: () => void;
  onFiles: (files: File[]) => void;
}

export function MessageBox({ name, control, text, list, ...told }: MessageBoxProps) {
  const { t } = useTranslation("composer");
  const id = useId();
  const { box, focus } = control;
  // On a phone the keyboard would cover the conversation that was just opened.
  useEffect(() => {
    if (globalThis.matchMedia?.("(hover: hover) and (width >= 720px)").matches) focus();
  }, [focus]);
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    // What was copied from a document comes as text and as a picture of it.
    if (files.length === 0 || event.clipboardData.getData("text/plain") !== "") return;
    event.preventDefault();
    told.onFiles(files);
  };
  return (
    <>
      <label htmlFor={id} className={unseen}>
        {t("label", { name })}
      </label>
      <textarea
        ref={box}
        id={id}
        rows={1}
        className={styles.box}
        placeholder={t("placeholder")}
        value={text}
        enterKeyHint="send"
        aria-describedby={`${id}-hint`}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={list?.id}
        aria-activedescendant={list ? optionId(list.id, list.active) : undefined}
        onChange={(event) => told.onChange(event.target.value, event.target.selectionEnd)}
        onSelect={(event) => told.onCaret(event.currentTarget.selectionEnd)}
        onKeyDown={told.onKeyDown}
        onBlur={told.onBlur}
        onPaste={onPaste}
      />
      <span id={`${id}-hint`} className={unseen}>
        {t("sendHint")}
      </span>
    </>
  );
}
