import { CalendarClock, Package, Star } from "lucide-react";
import { Fragment } from "react";
import { Card } from "./card";
import { listIn, textIn, type Facts } from "./facts";
import { useView } from "./thread-context";
import { momentIn } from "./times";
import styles from "./cards.module.css";

/** What a template of another app, or a question about products, says. */
export function TemplateCard({ facts }: { facts: Facts }) {
  const { t } = useView();
  const [products, elements, buttons] = [
    listIn(facts, "products"),
    listIn(facts, "elements"),
    listIn(facts, "buttons"),
  ];
  const title = products.length > 0 ? t("card.products") : t("card.template");
  return (
    <Card icon={<Package size={17} aria-hidden="true" />} title={title}>
      {[...products, ...elements].map((each, at) => (
        <Fragment key={at}>
          <p dir="auto">{textIn(each, "title") ?? textIn(each, "retailer_id") ?? textIn(each, "id")}</p>
          {textIn(each, "subtitle") && (
            <p className={styles.faint} dir="auto">
              {textIn(each, "subtitle")}
            </p>
          )}
        </Fragment>
      ))}
      {buttons.length > 0 && (
        <p className={styles.chips}>
          {buttons.map((each, at) => (
            <span key={at} className={styles.button}>
              {textIn(each, "title")}
            </span>
          ))}
        </p>
      )}
    </Card>
  );
}

export function AppointmentCard({ facts }: { facts: Facts }) {
  const { t, say, times } = useView();
  const [from, until] = [momentIn(facts["start_time"]), momentIn(facts["end_time"])];
  const status = textIn(facts, "status");
  return (
    <Card
      icon={<CalendarClock size={17} aria-hidden="true" />}
      title={say("bookings", status) ?? t("card.appointment")}
    >
      {from && (
        <p>
          {times.moment(from)}
          {until && ` – ${times.clock(until)}`}
        </p>
      )}
      {textIn(facts, "timezone") && <p className={styles.faint}>{textIn(facts, "timezone")}</p>}
    </Card>
  );
}

export function OrderCard({ facts }: { facts: Facts }) {
  const { t } = useView();
  return (
    <Card icon={<Package size={17} aria-hidden="true" />} title={t("card.order")}>
      {listIn(facts, "products").map((product, at) => (
        <p key={at} dir="auto">
          {t("card.quantity", { count: Number(textIn(product, "quantity") ?? 1) })}{" "}
          {textIn(product, "name") ?? textIn(product, "retailer_id") ?? textIn(product, "id")}
          {textIn(product, "unit_price") && (
            <span className={styles.faint}>
              {" · "}
              {textIn(product, "unit_price")} {textIn(product, "currency")}
            </span>
          )}
        </p>
      ))}
      {textIn(facts, "note") && <p dir="auto">{t("card.note", { text: textIn(facts, "note") })}</p>}
    </Card>
  );
}

export function FeedbackCard({ facts }: { facts: Facts }) {
  const { t } = useView();
  const said = textIn(facts, "feedback");
  return (
    <Card icon={<Star size={17} aria-hidden="true" />} title={t("card.feedback")}>
      {said && <p dir="auto">{said}</p>}
      {listIn(facts, "answers").map((answer, at) => (
        <Fragment key={at}>
          <p className={styles.faint}>{textIn(answer, "question")}</p>
          <p dir="auto">{[textIn(answer, "answer"), textIn(answer, "words")].filter(Boolean).join(" · ")}</p>
        </Fragment>
      ))}
    </Card>
  );
}
