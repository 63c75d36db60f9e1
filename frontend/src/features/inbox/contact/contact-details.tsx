import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Account, Conversation } from "@/api/types";
import { Avatar } from "@/components/avatar";
import { useLocale } from "@/lib/root";
import { accountName, contactName, PLATFORMS } from "@/lib/names";
import { duration, fullTime } from "../times";
import { useWindow } from "../use-window";
import { Facts, ReferralFacts } from "./facts";
import { useOldest } from "./use-oldest";
import { unseen } from "@/components/unseen";
import styles from "./contact.module.css";

interface DetailsProps {
  account: Account;
  conversation: Conversation;
}

/** Who writes, where they came from, and when they can be answered. */
export function ContactDetails({ account, conversation }: DetailsProps) {
  const { t } = useTranslation("inbox");
  const { contact, referral } = conversation;
  return (
    <div className={styles.details}>
      <Profile account={account} conversation={conversation} />
      <Part title={t("contact.window")}>
        <WindowWords conversation={conversation} />
      </Part>
      {contact.facts && (
        <Part title={t("contact.about")}>
          <Facts facts={contact.facts} />
        </Part>
      )}
      {referral && (
        <Part title={t("contact.origin")}>
          <ReferralFacts referral={referral} />
        </Part>
      )}
      <Part title={t("contact.conversation")}>
        <History account={account} conversation={conversation} />
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.part}>
      <h3 className={styles.title}>{title}</h3>
      {children}
    </section>
  );
}

function Profile({ account, conversation: { contact } }: DetailsProps) {
  const { t } = useTranslation("inbox");
  const name = contactName(contact) ?? t("nobody");
  const { username } = contact;
  return (
    <div className={styles.profile}>
      <Avatar picture={contact.profile_picture_url} name={name} platform={account.platform} size={84} />
      <p className={styles.name}>{name}</p>
      {username !== null && account.platform === "instagram" && (
        <a
          className={styles.link}
          href={`https://www.instagram.com/${encodeURIComponent(username)}/`}
          target="_blank"
          rel="noopener noreferrer"
          title={t("contact.openProfile")}
        >
          @{username} <ExternalLink size={14} aria-hidden="true" />
          <span className={unseen}>
            {t("contact.openProfile")} {t("contact.newTab")}
          </span>
        </a>
      )}
      {username !== null && account.platform !== "instagram" && <p className={styles.muted}>@{username}</p>}
    </div>
  );
}

function WindowWords({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation("inbox");
  const locale = useLocale();
  const { state, now } = useWindow(conversation);
  if (state.is === "human") return <p>{t("window.human", { until: fullTime(state.until, locale) })}</p>;
  if (state.is !== "open") return <p>{t(`window.${state.is}`)}</p>;
  if (state.until === null) return <p>{t("window.openEver")}</p>;
  const left = duration(Date.parse(state.until) - now, locale);
  return <p>{t("window.open", { until: fullTime(state.until, locale), left })}</p>;
}

function History({ account, conversation }: DetailsProps) {
  const { t } = useTranslation("inbox");
  const locale = useLocale();
  const oldest = useOldest(conversation);
  const last = conversation.last_message_at;
  return (
    <>
      <dl className={styles.facts}>
        <dt>{t("contact.account")}</dt>
        <dd>
          {accountName(account)} · {PLATFORMS[account.platform] ?? account.platform}
        </dd>
        <dt>{t("contact.kind")}</dt>
        <dd>{t(`contact.${conversation.kind}`)}</dd>
        {oldest && (
          <>
            <dt>{t(oldest.isFirst ? "contact.first" : "contact.firstKnown")}</dt>
            <dd>{fullTime(oldest.at, locale)}</dd>
          </>
        )}
        {last !== null && (
          <>
            <dt>{t("contact.last")}</dt>
            <dd>{fullTime(last, locale)}</dd>
          </>
        )}
      </dl>
      {oldest?.isImported && <p className={styles.muted}>{t("contact.imported")}</p>}
    </>
  );
}
