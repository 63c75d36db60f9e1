import { BookOpen, ExternalLink } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import styles from "./requirements.module.css";
import type { Way } from "./ways";

const DOCS = "https://developers.facebook.com/docs/messenger-platform/instagram";
const NEEDS = [
  { name: "professional", help: "https://help.instagram.com/502981923235522" },
  { name: "page", help: "https://www.facebook.com/business/help/898752960195806" },
  { name: "admin", help: "https://www.facebook.com/help/289207354498410" },
  { name: "access", help: `${DOCS}/get-started` },
] as const;

/** What an account must have at Meta before it can be connected, each with where Meta explains it. */
export function Requirements({ open, ways }: { open: boolean; ways: Way[] }) {
  const { t } = useTranslation("connections");
  const id = useId();
  const itself = ways.some((way) => way.name === "instagramLogin");
  return (
    <details className={styles.place} open={open}>
      <summary className={styles.summary}>
        <BookOpen size={18} aria-hidden="true" />
        <h2 className={styles.title}>{t("requirements.title")}</h2>
      </summary>
      <ol className={styles.list}>
        {NEEDS.map(({ name, help }, number) => (
          <li key={name} className={styles.need}>
            <span className={styles.number} aria-hidden="true">
              {number + 1}
            </span>
            <div>
              <h3 id={`${id}-${name}`}>{t(`requirements.${name}`)}</h3>
              <p className={styles.text}>{t(`requirements.${name}Text`)}</p>
              {name === "page" && itself && <p className={styles.text}>{t("requirements.pageNotNeeded")}</p>}
              <Away to={help} label={t("requirements.learnAbout", { what: t(`requirements.${name}`) })}>
                {t("requirements.learn")}
              </Away>
            </div>
          </li>
        ))}
      </ol>
      <p className={styles.foot}>
        <Away to={DOCS} label={t("requirements.docsLabel")}>
          {t("requirements.docs")}
        </Away>
      </p>
    </details>
  );
}

function Away({ to, label, children }: { to: string; label: string; children: string }) {
  return (
    <a className={styles.link} href={to} target="_blank" rel="noreferrer noopener" aria-label={label}>
      {children}
      <ExternalLink size={14} aria-hidden="true" />
    </a>
  );
}
