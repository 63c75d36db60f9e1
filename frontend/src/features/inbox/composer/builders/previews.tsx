import { ExternalLink, Image } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ButtonDraft, CardDraft } from "./drafts";
import styles from "./builders.module.css";

/** A message as the contact sees it. */
export function Bubble({ text, below }: { text: string; below?: ReactNode }) {
  const { t } = useTranslation("composer");
  const isEmpty = text.trim() === "";
  return (
    <div className={styles.bubble}>
      <p className={styles.bubbleText} data-empty={isEmpty || undefined}>
        {isEmpty ? t("builder.emptyPreview") : text.trim()}
      </p>
      {below}
    </div>
  );
}

export function ButtonRows({ buttons }: { buttons: ButtonDraft[] }) {
  return buttons.map(
    ({ kind, title }, at) =>
      title.trim() !== "" && (
        <p key={at} className={styles.bubbleButton}>
          {title.trim()}
          {kind === "web_url" && <ExternalLink size={13} aria-hidden="true" />}
        </p>
      ),
  );
}

/** The picture is not fetched: its address is somebody else's, who would learn who looks. */
export function CardPreview({ card }: { card: CardDraft }) {
  const { t } = useTranslation("composer");
  const host = URL.canParse(card.image.trim()) ? new URL(card.image.trim()).host : null;
  return (
    <div className={styles.bubble}>
      {host !== null && (
        <p className={styles.cardImage}>
          <Image size={18} aria-hidden="true" />
          {t("builder.cards.imageFrom", { host })}
        </p>
      )}
      <p className={styles.bubbleText} data-empty={card.title.trim() === "" || undefined}>
        <strong>{card.title.trim() || t("builder.cards.name")}</strong>
        {card.subtitle.trim() !== "" && <span className={styles.subtitle}>{card.subtitle.trim()}</span>}
      </p>
      <ButtonRows buttons={card.buttons} />
    </div>
  );
}
