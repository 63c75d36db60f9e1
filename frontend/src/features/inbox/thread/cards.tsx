import { Link2, MapPin, MousePointerClick, ShieldQuestion, Trash2 } from "lucide-react";
import type { Message } from "@/api/types";
import { Card } from "./card";
import { factsOf, textIn, textsIn, type Facts } from "./facts";
import { useView } from "./thread-context";
import styles from "./cards.module.css";

export function LocationCard({ message }: { message: Message }) {
  const { t } = useView();
  const name = message.attachments.find(({ type }) => type === "location")?.name ?? null;
  const point = /(?:^|\()(-?\d{1,3}\.\d+), (-?\d{1,3}\.\d+)\)?$/.exec(name ?? "");
  return (
    <Card icon={<MapPin size={17} aria-hidden="true" />} title={t("location.title")}>
      {name && <p dir="auto">{name}</p>}
      {point && (
        <a
          href={`https://www.google.com/maps/search/?api=1&query=${point[1] ?? ""},${point[2] ?? ""}`}
          target="_blank"
          rel="noreferrer noopener nofollow"
        >
          {t("location.map")}
        </a>
      )}
    </Card>
  );
}

/** A post, reel or link of which Meta gives no file: its name is all there is. */
export function ShareCards({ message }: { message: Message }) {
  const { t } = useView();
  const shares = message.attachments.filter(({ type, url }) => url === null && /^(share|reel)$/.test(type));
  if (message.story?.kind === "share") return null;
  return shares.map((share) => (
    <Card
      key={share.id}
      icon={<Link2 size={17} aria-hidden="true" />}
      title={t(share.type === "reel" ? "share.reel" : message.type === "text" ? "share.link" : "share.post")}
    >
      {share.name && <p dir="auto">{share.name}</p>}
      {message.type !== "text" && <p className={styles.faint}>{t("share.where")}</p>}
    </Card>
  ));
}

export function Pressed({ title }: { title: string | null }) {
  const { t } = useView();
  return (
    <p className={styles.pressed}>
      <MousePointerClick size={15} aria-hidden="true" />
      <span>{t("postback")}</span>
      {title && (
        <strong className={styles.button} dir="auto">
          {title}
        </strong>
      )}
    </p>
  );
}

/** What cannot be shown, told honestly: who does not show it, and what it is. */
export function Unsupported({ message }: { message: Message }) {
  const { t } = useView();
  const facts = factsOf(message);
  const event = textIn(facts, "event");
  const part = message.attachments.find(({ type }) => type !== "unsupported_type")?.type ?? null;
  const name = event ?? part ?? (message.type === "unsupported" ? null : message.type);
  const isNew = name !== null && name !== "unknown";
  return (
    <Card icon={<ShieldQuestion size={17} aria-hidden="true" />} title={t("unsupported.title")}>
      <p className={styles.faint}>{t(isNew ? "unsupported.newType" : "unsupported.byMeta")}</p>
      {isNew && <p className={styles.faint}>{t("unsupported.type", { type: name })}</p>}
    </Card>
  );
}

export function Deleted({ message }: { message: Message }) {
  const { t } = useView();
  const isComment = textIn(factsOf(message), "comment_id") !== null;
  const ours = message.direction === "outbound";
  return (
    <p className={styles.deleted} title={t("deleted.text")}>
      <Trash2 size={15} aria-hidden="true" />
      {t(isComment ? "deleted.comment" : ours ? "deleted.account" : "deleted.contact")}
    </p>
  );
}

/** The words that were used as commands of a bot. */
export function Commands({ facts }: { facts: Facts }) {
  const { t } = useView();
  const names = textsIn(facts, "commands");
  return names.length > 0 ? (
    <p className={styles.faint}>{t("card.commands", { names: names.join(", ") })}</p>
  ) : null;
}
