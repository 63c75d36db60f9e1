import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/components/button";
import { BuilderDialog } from "./builder-dialog";
import type { BuilderProps } from "./builders";
import { ButtonFields } from "./button-fields";
import { asCard, cardFaults, isCardFine, newCard, type CardDraft } from "./drafts";
import { LimitedField } from "./limited-field";
import { CardPreview } from "./previews";
import { useFaultWords } from "./use-fault-words";
import styles from "./builders.module.css";

/** Cards side by side. */
export function CardsBuilder({ can, name, onSend, onClose }: BuilderProps) {
  const { t } = useTranslation("composer");
  const words = useFaultWords();
  const [cards, setCards] = useState([newCard()]);
  const [strict, setStrict] = useState(false);
  const change = (at: number, part: Partial<CardDraft>) =>
    setCards(cards.map((each, place) => (place === at ? { ...each, ...part } : each)));
  const send = () => {
    setStrict(true);
    if (cards.every((card) => isCardFine(card, can))) onSend({ type: "cards", cards: cards.map(asCard) });
  };
  const preview = (
    <div className={styles.cards}>
      {cards.map((card, at) => (
        <CardPreview key={at} card={card} />
      ))}
    </div>
  );
  return (
    <BuilderDialog
      title={t("builder.cards.title")}
      intro={t("builder.cards.intro")}
      name={name}
      preview={preview}
      onSend={send}
      onClose={onClose}
    >
      {cards.map((card, at) => {
        const faults = cardFaults(card, can);
        const said = (field: keyof typeof faults) => {
          const fault = faults[field];
          return (fault?.is === "empty" || fault?.is === "cardBare") && !strict ? null : words(fault);
        };
        const number = at + 1;
        return (
          <fieldset key={at} className={styles.card}>
            <legend className={styles.legend}>{t("builder.cards.number", { number })}</legend>
            {cards.length > 1 && (
              <IconButton
                size="small"
                className={styles.remove}
                label={t("builder.cards.remove", { number })}
                onClick={() => setCards(cards.toSpliced(at, 1))}
              >
                <Trash2 size={16} aria-hidden="true" />
              </IconButton>
            )}
            <LimitedField
              label={t("builder.cards.name")}
              value={card.title}
              onChange={(title) => change(at, { title })}
              limit={can.card_text_limit}
              fault={said("title")}
            />
            <LimitedField
              label={t("builder.cards.subtitle")}
              value={card.subtitle}
              onChange={(subtitle) => change(at, { subtitle })}
              limit={can.card_text_limit}
              fault={said("subtitle")}
            />
            <LimitedField
              type="url"
              label={t("builder.cards.image")}
              hint={t("builder.cards.imageHint")}
              value={card.image}
              onChange={(image) => change(at, { image })}
              limit={can.url_limit}
              fault={said("image")}
            />
            <ButtonFields
              buttons={card.buttons}
              onChange={(buttons) => {
                if (buttons.length > card.buttons.length) setStrict(false);
                change(at, { buttons });
              }}
              can={can}
              least={0}
              strict={strict}
            />
          </fieldset>
        );
      })}
      {cards.length < can.max_cards && (
        <Button
          size="small"
          onClick={() => {
            // What was only just added is not wrong yet.
            setStrict(false);
            setCards([...cards, newCard()]);
          }}
        >
          <Plus size={16} aria-hidden="true" />
          {t("builder.cards.add")}
        </Button>
      )}
    </BuilderDialog>
  );
}
