import { useState } from "react";
import { useTranslation } from "react-i18next";
import { BuilderDialog } from "./builder-dialog";
import type { BuilderProps } from "./builders";
import { ButtonFields } from "./button-fields";
import { asButton, buttonFaults, isFine, newButton, textFault } from "./drafts";
import { LimitedField } from "./limited-field";
import { Bubble, ButtonRows } from "./previews";
import { useFaultWords } from "./use-fault-words";

/** A text with buttons below it. */
export function ButtonsBuilder({ can, name, text: given, onSend, onClose }: BuilderProps) {
  const { t } = useTranslation("composer");
  const words = useFaultWords();
  const [text, setText] = useState(given);
  const [buttons, setButtons] = useState([newButton()]);
  const [strict, setStrict] = useState(false);
  const wrong = textFault(text, can.buttons_text_limit);
  const send = () => {
    setStrict(true);
    if (wrong !== null || !buttons.every((button) => isFine(buttonFaults(button, can)))) return;
    onSend({ type: "buttons", text: text.trim(), buttons: buttons.map(asButton) });
  };
  return (
    <BuilderDialog
      title={t("builder.buttons.title")}
      name={name}
      preview={<Bubble text={text} below={<ButtonRows buttons={buttons} />} />}
      onSend={send}
      onClose={onClose}
    >
      <LimitedField
        long
        label={t("builder.text")}
        value={text}
        onChange={setText}
        limit={can.buttons_text_limit}
        fault={wrong?.is === "empty" && !strict ? null : words(wrong)}
      />
      <ButtonFields
        buttons={buttons}
        onChange={(next) => {
          // What was only just added is not wrong yet.
          if (next.length > buttons.length) setStrict(false);
          setButtons(next);
        }}
        can={can}
        least={1}
        strict={strict}
      />
    </BuilderDialog>
  );
}
