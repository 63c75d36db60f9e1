import { Ban, CircleAlert, ExternalLink, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Account } from "@/api/types";
import type { Tone } from "@/components/badge";
import styles from "./account-card.module.css";
import { accessEnd, type Standing } from "./account-status";
import { useCodeWords, useDays } from "./words";

export const SUPPORT = "https://business.facebook.com/business-support-home";

interface NeedProps {
  account: Account;
  standing: Standing;
  now: number;
}

/** Why the account is not simply active, in plain words, with what Meta itself says. */
export function AccountNeed({ account, standing, now }: NeedProps) {
  const { t } = useTranslation("connections");
  return (
    <>
      {standing === "expiring" && <Expiring account={account} now={now} />}
      {standing === "reauth_required" && <NewLogin account={account} />}
      {standing === "disconnected" && <p className={styles.quiet}>{t("need.disconnected")}</p>}
      {account.policy && standing !== "disconnected" && <Policy policy={account.policy} />}
    </>
  );
}

function Expiring({ account, now }: { account: Account; now: number }) {
  const { t } = useTranslation("connections");
  const { day, away } = useDays();
  const end = accessEnd(account);
  const over = end !== null && Date.parse(end) < now;
  return (
    <div className={styles.need} data-tone="warning">
      <TriangleAlert size={18} aria-hidden="true" />
      <p>
        {end === null
          ? t("need.soon")
          : t(over ? "need.expired" : "need.expiring", { when: away(end, now), date: day(end) })}
      </p>
    </div>
  );
}

function NewLogin({ account }: { account: Account }) {
  const { t } = useTranslation("connections");
  const words = useCodeWords();
  const { time } = useDays();
  const reason = account.status_reason;
  const cause = reason?.meta_subcode == null ? null : words("meta", String(reason.meta_subcode), null);
  const said = [reason?.user_title, reason?.user_message].filter(Boolean).join(": ");
  const traces = [
    reason?.at && t("need.since", { date: time(reason.at) }),
    reason?.meta_code != null &&
      t("need.code", {
        code: [reason.meta_code, reason.meta_subcode].filter((each) => each !== null).join("/"),
      }),
    reason?.fbtrace_id && t("need.trace", { trace: reason.fbtrace_id }),
  ].filter(Boolean);
  return (
    <div className={styles.need} data-tone="danger">
      <CircleAlert size={18} aria-hidden="true" />
      <div className={styles.words}>
        <p>{words("need", reason?.code ?? "reauth_required", t("need.reauth_required"))}</p>
        {cause !== null && <p>{cause}</p>}
        {said !== "" && (
          <p>
            {t("need.meta")}: <q>{said}</q>
          </p>
        )}
        {traces.length > 0 && <p className={styles.trace}>{traces.join(" · ")}</p>}
      </div>
    </div>
  );
}

const POLICY: Record<string, Tone> = { block: "danger", warning: "warning" };

function Policy({ policy }: { policy: NonNullable<Account["policy"]> }) {
  const { t } = useTranslation("connections");
  const words = useCodeWords();
  const { time } = useDays();
  const tone = POLICY[policy.action];
  return (
    <div className={styles.need} data-tone={tone}>
      <Ban size={18} aria-hidden="true" />
      <div className={styles.words}>
        <p>{words("policy", policy.action, policy.action)}</p>
        {policy.reason && <p>{t("policy.reason", { reason: policy.reason })}</p>}
        <p className={styles.trace}>{t("need.since", { date: time(policy.at) })}</p>
        {tone && (
          <a className={styles.link} href={SUPPORT} target="_blank" rel="noreferrer noopener">
            {t("policy.support")}
            <ExternalLink size={14} aria-hidden="true" />
          </a>
        )}
      </div>
    </div>
  );
}
