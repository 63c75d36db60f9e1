import { ExternalLink } from "lucide-react";
import type { Message } from "@/api/types";
import { factsOf, listIn, textIn, textsIn, type Facts } from "./facts";
import { useView } from "./thread-context";
import { unseen } from "@/components/unseen";
import styles from "./cards.module.css";

/** What an answer offered: buttons, quick replies, cards, products, a post or a template. */
export function SentExtras({ message }: { message: Message }) {
  const { t } = useView();
  const facts = factsOf(message);
  const [quick, cards, ids] = [
    listIn(facts, "quick_replies"),
    listIn(facts, "cards"),
    textsIn(facts, "product_ids"),
  ];
  const template = textIn(facts, "template");
  return (
    <>
      {message.buttons.length > 0 && <Buttons of={message.buttons} />}
      {quick.length > 0 && (
        <ul className={styles.chips} aria-label={t("card.quickReplies")}>
          {quick.map((each, at) => (
            <li key={at} className={styles.chip} dir="auto">
              {textIn(each, "title")}
            </li>
          ))}
        </ul>
      )}
      {cards.length > 0 && <Cards of={cards} />}
      {ids.map((id) => (
        <p key={id}>{t("card.product", { id })}</p>
      ))}
      {message.type === "post" && <p>{t("share.ownPost")}</p>}
      {template && <p>{t("card.utility", { name: template, language: textIn(facts, "language") ?? "" })}</p>}
    </>
  );
}

function Buttons({ of }: { of: Message["buttons"] }) {
  const { t } = useView();
  return (
    <ul className={styles.buttons} aria-label={t("card.buttons")}>
      {of.map((button, at) => (
        <li key={at} className={styles.button} title={button.url}>
          <span dir="auto">{button.title}</span>
          {button.type === "web_url" && (
            <>
              <ExternalLink size={13} aria-hidden="true" />
              <span className={unseen}>({t("card.opensLink")})</span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function Cards({ of }: { of: Facts[] }) {
  const { t } = useView();
  return (
    // Several do not fit beside one another: the keys move them, too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <ul className={styles.cards} aria-label={t("card.cards")} tabIndex={0}>
      {of.map((card, at) => (
        <li key={at} className={styles.small}>
          <strong dir="auto">{textIn(card, "title")}</strong>
          {textIn(card, "subtitle") && <span dir="auto">{textIn(card, "subtitle")}</span>}
          <ul className={styles.buttons} aria-label={t("card.buttons")}>
            {listIn(card, "buttons").map((button, number) => (
              <li key={number} className={styles.button} dir="auto">
                {textIn(button, "title")}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
