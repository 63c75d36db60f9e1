import { ArrowLeftRight, Link2, MailCheck, MailX, Megaphone } from "lucide-react";
import type { Message } from "@/api/types";
import { upper } from "@/components/error-words";
import { factsOf, textIn } from "./facts";
import { useView, type ThreadView } from "./thread-context";
import styles from "./row.module.css";

const ICONS: Record<string, typeof Link2> = {
  thread_control: ArrowLeftRight,
  referral: Megaphone,
  opt_in: MailCheck,
  opt_out: MailX,
};

/** Something that happened between messages. */
export function SystemLine({ message }: { message: Message }) {
  const view = useView();
  const Icon = ICONS[message.type] ?? Link2;
  const time = message.sent_at ?? message.created_at;
  return (
    <p className={styles.happened}>
      <Icon size={14} aria-hidden="true" />
      <span>{lineOf(message, view)}</span>
      <time dateTime={time} title={view.times.exact(time)}>
        {view.times.clock(time)}
      </time>
    </p>
  );
}

export function lineOf(message: Message, view: ThreadView): string {
  const { t, name } = view;
  const facts = factsOf(message);
  const title = textIn(facts, "title") ?? textIn(facts, "ref");
  switch (message.type) {
    case "opt_in":
      return title ? t("line.optInTitle", { name, title }) : t("line.optIn", { name });
    case "opt_out":
      return t("line.optOut", { name });
    case "account_linking":
      return t(textIn(facts, "status") === "unlinked" ? "line.unlinked" : "line.linked", { name });
    case "thread_control":
      return controlOf(message, view);
    default:
      return message.referral ? referralOf(message.referral, view) : t("referral.again");
  }
}

/** By what the contact came. */
export function referralOf(referral: NonNullable<Message["referral"]>, { t }: Pick<ThreadView, "t">): string {
  const { source, ref, ad_id: ad, title, product_id: product } = referral;
  if (title) return t("referral.adTitle", { title });
  if (ad || source === "ADS") return t("referral.ad");
  if (product) return t("referral.product", { id: product });
  if (ref) return t("referral.linkRef", { ref });
  return source && source !== "SHORTLINK" ? t("referral.other", { source }) : t("referral.link");
}

function controlOf(message: Message, { t, say }: ThreadView): string {
  const facts = factsOf(message);
  const called = (field: string): string | null => {
    const id = textIn(facts, field);
    return id === null ? null : (say("apps", id) ?? t("line.app", { id }));
  };
  const [from, to] = [called("previous_owner_app_id"), called("new_owner_app_id")];
  switch (textIn(facts, "action")) {
    case "request":
      return upper(t("line.request", { from: called("requested_owner_app_id") ?? t("line.appUntold") }));
    case "take":
      return to ? upper(t("line.take", { to })) : t("line.takeUntold");
    default:
      if (!to) return t("line.released");
      return from ? t("line.passFrom", { from, to }) : t("line.pass", { to });
  }
}
