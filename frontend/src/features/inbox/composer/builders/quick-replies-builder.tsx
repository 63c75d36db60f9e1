import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/components/button";
import { BuilderDialog } from "./builder-dialog";
import type { BuilderProps } from "./builders";
import { textFault } from "./drafts";
import { LimitedField } from "./limited-field";
import { Bubble } from "./previews";
import { useFaultWords } from "./use-fault-words";
import styles from "./builders.module.css";

/** A text with answers to tap. */
export function QuickRepliesBuilder({ can, name, text: given, onSend, onClose }: BuilderProps) {
  const { t } = useTranslation("composer");
  const words = useFaultWords();
  const [text, setText] = useState(given);
  const [options, setOptions] = useState(["", ""]);
  const [strict, setStrict] = useState(false);
  const textWrong = textFault(text, can.text_limit, true, can.text_unit);
  const faults = options.map((option) => textFault(option, can.title_limit));
  const said = (fault: (typeof faults)[number]) => (fault?.is === "empty" && !strict ? null : words(fault));
  const send = () => {
    setStrict(true);
    if (textWrong !== null || faults.some((fault) => fault !== null)) return;
    const titles = options.map((option) => option.trim());
    onSend({
      type: "quick_replies",
      text: text.trim(),
      quick_replies: titles.map((title) => ({ title, payload: title })),
    });
  };
  const preview = (
    <>
      <Bubble text={text} />
      <div className={styles.chips}>
        {options.map(
          (option, at) =>
            option.trim() !== "" && (
              <span key={at} className={styles.chip}>
                {option.trim()}
              </span>
            ),
        )}
      </div>
    </>
  );
  return (
    <BuilderDialog
      title={t("builder.quick.title")}
      intro={t("builder.quick.intro")}
      name={name}
      preview={preview}
      onSend={send}
      onClose={onClose}
    >
      <LimitedField
        long
        label={t("builder.text")}
        hint={t("builder.textHint")}
        value={text}
        onChange={setText}
        limit={can.text_limit}
        unit={can.text_unit}
        fault={said(textWrong)}
      />
      {options.map((option, at) => (
        <div key={at} className={styles.option}>
          <LimitedField
            label={t("builder.quick.option", { number: at + 1 })}
            value={option}
            onChange={(next) => setOptions(options.with(at, next))}
            limit={can.title_limit}
            fault={said(faults[at] ?? null)}
          />
          {options.length > 1 && (
            <IconButton
              label={t("builder.quick.remove", { number: at + 1 })}
              onClick={() => setOptions(options.toSpliced(at, 1))}
            >
              <Trash2 size={17} aria-hidden="true" />
            </IconButton>
          )}
        </div>
      ))}
      {options.length < can.max_quick_replies ? (
        <Button
          size="small"
          onClick={() => {
            // What was only just added is not wrong yet.
            setStrict(false);
            setOptions([...options, ""]);
          }}
        >
          <Plus size={16} aria-hidden="true" />
          {t("builder.quick.add")}
        </Button>
      ) : (
        <p className={styles.intro}>{t("builder.quick.most", { count: can.max_quick_replies })}</p>
      )}
    </BuilderDialog>
  );
}
