import { useTranslation } from "react-i18next";
import type { Contact, Conversation } from "@/api/types";
import { useLocale } from "@/lib/root";
import styles from "./contact.module.css";

/** What Instagram tells about the contact; what it does not tell is left out. */
export function Facts({ facts }: { facts: NonNullable<Contact["facts"]> }) {
  const { t } = useTranslation("inbox");
  const locale = useLocale();
  const answer = (fact: boolean | null | undefined) =>
    fact === null || fact === undefined ? null : t(fact ? "contact.yes" : "contact.no");
  const followers = facts.follower_count;
  return (
    <FactList
      facts={[
        [
          t("contact.followers"),
          typeof followers === "number" ? new Intl.NumberFormat(locale).format(followers) : null,
        ],
        [t("contact.verified"), answer(facts.is_verified_user)],
        [t("contact.followsYou"), answer(facts.is_user_follow_business)],
        [t("contact.followedByYou"), answer(facts.is_business_follow_user)],
      ]}
    />
  );
}

/** By what the contact came last. */
export function ReferralFacts({ referral }: { referral: NonNullable<Conversation["referral"]> }) {
  const { t } = useTranslation("inbox");
  return (
    <FactList
      facts={[
        [t("contact.referral.source"), t(`contact.referral.${sourceOf(referral)}`)],
        [t("contact.referral.title"), referral.title],
        [t("contact.referral.adId"), referral.ad_id],
        [t("contact.referral.ref"), referral.ref],
        [t("contact.referral.productId"), referral.product_id],
      ]}
    />
  );
}

function FactList({ facts }: { facts: [name: string, value: string | null | undefined][] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) =>
        value ? (
          <div key={name} className={styles.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

function sourceOf({ source, ad_id, product_id }: NonNullable<Conversation["referral"]>) {
  if (ad_id || source === "ADS") return "ad" as const;
  if (product_id) return "product" as const;
  return source === "SHORTLINK" || source === "IGME-SOURCE-LINK" ? ("link" as const) : ("other" as const);
}
