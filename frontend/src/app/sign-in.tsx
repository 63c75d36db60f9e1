import { useEffect, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { TextArea } from "@/components/field";
import { mount } from "./mount";
import type { Session } from "./session";
import styles from "./sign-in.module.css";

/** Nobody is signed in: the CRM brings the session with it; who runs the service can type one in. */
export function SignIn({ session }: { session: Session }) {
  const { t } = useTranslation();
  const [token, setToken] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => void session.askParent(), [session]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = token.trim().replace(/^Bearer\s+/i, "");
    if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(typed)) session.open(typed);
    else setFault(t("signIn.fault"));
  };
  return (
    <main className={styles.place}>
      <form className={styles.card} onSubmit={submit}>
        <img src={`${mount}/favicon.svg`} alt="" width={48} height={48} className={styles.sign} />
        <h1>{t("signIn.title")}</h1>
        {session.wasRefused && (
          <p className={styles.over} role="alert">
            {t("signIn.over")}
          </p>
        )}
        <p className={styles.text}>{t("signIn.text")}</p>
        <TextArea
          label={t("signIn.token")}
          hint={t("signIn.hint")}
          fault={fault}
          value={token}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setToken(event.target.value)}
        />
        <Button type="submit" look="primary">
          {t("signIn.open")}
        </Button>
      </form>
    </main>
  );
}
