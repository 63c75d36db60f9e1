import { ArrowRight, Plug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { PlatformIcon } from "@/components/platform-icon";
import styles from "./first-run.module.css";
import type { Login } from "./use-login";
import type { Way } from "./ways";

interface FirstRunProps {
  login: Login;
  mayManage: boolean;
  ways: Way[];
}

/** Nothing is connected yet: what it is about, and the ways to begin. */
export function FirstRun({ login, mayManage, ways }: FirstRunProps) {
  const { t } = useTranslation("connections");
  return (
    <section className={styles.place} aria-labelledby="mi-first-run">
      <span className={styles.icon}>
        <Plug size={26} aria-hidden="true" />
      </span>
      <h2 id="mi-first-run">{t("firstRun.title")}</h2>
      <p className={styles.text}>{t("firstRun.text")}</p>
      {mayManage && (
        <ul className={styles.ways}>
          {ways.map(({ name, platform, wanted }) => (
            <li key={name} className={styles.way}>
              <PlatformIcon platform={platform} size={34} />
              <div className={styles.words}>
                <button
                  type="button"
                  className={styles.name}
                  aria-describedby={`mi-first-run-${name}`}
                  onClick={() => login.start(wanted)}
                >
                  {t(`connect.${name}`)}
                </button>
                <p id={`mi-first-run-${name}`} className={styles.text}>
                  {t(`connect.${name}Text`)}
                </p>
              </div>
              <ArrowRight size={18} aria-hidden="true" className={styles.arrow} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
