import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { braced, CANNED_FIELDS, type CannedField } from "@/lib/canned-fields";
import { Button } from "@/components/button";
import styles from "./canned-replies.module.css";

interface FieldChipsProps {
  text: string;
  onChange: (text: string) => void;
  /** The text box that they go into. */
  box: () => HTMLTextAreaElement | null;
}

/** Puts fields where the caret is, so that nobody has to know how they are written. */
export function FieldChips({ text, onChange, box }: FieldChipsProps) {
  const { t } = useTranslation("cannedReplies");
  const caret = useRef<number | null>(null);
  useEffect(() => {
    if (caret.current === null) return;
    const element = box();
    element?.focus();
    element?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text, box]);
  const insert = (field: CannedField) => {
    const element = box();
    const [start, end] = [element?.selectionStart ?? text.length, element?.selectionEnd ?? text.length];
    caret.current = start + braced(field).length;
    onChange(text.slice(0, start) + braced(field) + text.slice(end));
  };
  return (
    <div role="group" aria-label={t("form.fields")} className={styles.chips}>
      {CANNED_FIELDS.map((field) => (
        <Button key={field} size="small" title={t("form.fieldsHint")} onClick={() => insert(field)}>
          + {t(`fields.${field}`)}
        </Button>
      ))}
    </div>
  );
}
