import { Plus, Trash2 } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Capabilities } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { buttonFaults, newButton, type ButtonDraft } from "./drafts";
import { LimitedField } from "./limited-field";
import { useFaultWords } from "./use-fault-words";
import styles from "./builders.module.css";

interface ButtonFieldsProps {
  buttons: ButtonDraft[];
  onChange: (buttons: ButtonDraft[]) => void;
  can: Capabilities;
  /** How many there must be. */
  least: number;
  /** Whether what is missing is said. */
  strict: boolean;
}

/** The buttons under a text or on a card. */
export function ButtonFields({ buttons, onChange, can, least, strict }: ButtonFieldsProps) {
  const { t } = useTranslation("composer");
  const words = useFaultWords();
  const id = useId();
  const change = (at: number, part: Partial<ButtonDraft>) =>
    onChange(buttons.map((each, place) => (place === at ? { ...each, ...part } : each)));
  return (
    <>
      {buttons.map((button, at) => {
        const faults = buttonFaults(button, can);
        const said = (name: keyof typeof faults) => {
          const fault = faults[name];
          return fault?.is === "empty" && !strict ? null : words(fault);
        };
        const number = at + 1;
        return (
          <fieldset key={at} className={styles.part}>
            <legend className={styles.legend}>{t("builder.buttons.number", { number })}</legend>
            {buttons.length > least && (
              <IconButton
                size="small"
                className={styles.remove}
                label={t("builder.buttons.remove", { number })}
                onClick={() => onChange(buttons.filter((_, place) => place !== at))}
              >
                <Trash2 size={16} aria-hidden="true" />
              </IconButton>
            )}
            <div className={styles.kind}>
              <label htmlFor={`${id}-${String(at)}`} className={styles.label}>
                {t("builder.buttons.kind")}
              </label>
              <select
                id={`${id}-${String(at)}`}
                className={styles.select}
                value={button.kind}
                onChange={(event) => change(at, { kind: event.target.value as ButtonDraft["kind"] })}
              >
                <option value="web_url">{t("builder.buttons.web_url")}</option>
                <option value="postback">{t("builder.buttons.postback")}</option>
              </select>
            </div>
            <LimitedField
              label={t("builder.buttons.name")}
              value={button.title}
              onChange={(title) => change(at, { title })}
              limit={can.title_limit}
              fault={said("title")}
            />
            {button.kind === "web_url" ? (
              <LimitedField
                type="url"
                label={t("builder.buttons.url")}
                value={button.url}
                onChange={(url) => change(at, { url })}
                limit={can.url_limit}
                fault={said("url")}
              />
            ) : (
              <LimitedField
                label={t("builder.buttons.payload")}
                value={button.payload}
                onChange={(payload) => change(at, { payload })}
                limit={can.payload_limit}
                fault={said("payload")}
              />
            )}
          </fieldset>
        );
      })}
      {buttons.length < can.max_buttons && (
        <Button size="small" onClick={() => onChange([...buttons, newButton()])}>
          <Plus size={16} aria-hidden="true" />
          {t("builder.buttons.add")}
        </Button>
      )}
    </>
  );
}
