import { useQuery } from "@tanstack/react-query";
import { Info, Lock } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Account, Me } from "@/api/types";
import { Spinner } from "@/components/spinner";
import { EmptyState, ErrorState } from "@/components/state";
import { keys } from "@/lib/keys";
import { useClient } from "@/lib/root";
import { AccountList } from "./account-list";
import styles from "./connections.module.css";
import { FirstRun } from "./first-run";
import { Header } from "./header";
import { LoginNotice } from "./login-notice";
import { Notice } from "./notice";
import { Picker } from "./picker";
import { Requirements } from "./requirements";
import { useLogin, type Login } from "./use-login";
import { waysOf } from "./ways";

export interface MetaInstagramConnectProps {
  /** What a login that went on in this tab came back with: the address's `#completion=…`. */
  completion?: string | null;
  /** The path that such a login comes back to; by default the present one. */
  returnTo?: string;
}

/** The accounts of the tenant: connecting, reconnecting and disconnecting them, and how they fare. */
export function MetaInstagramConnect({ completion = null, returnTo }: MetaInstagramConnectProps) {
  const client = useClient();
  const heading = useRef<HTMLHeadingElement>(null);
  const login = useLogin(completion, returnTo ?? globalThis.location.pathname);
  // What is dismissed takes the focus with it, which then goes on from the top.
  const dismiss = () => {
    login.dismiss();
    heading.current?.focus();
  };
  const me = useQuery({ queryKey: keys.me, queryFn: client.me });
  const accounts = useQuery({ queryKey: keys.accounts, queryFn: client.accounts });
  const scopes = me.data?.scopes;
  return (
    <section className={styles.screen}>
      <Header
        heading={heading}
        login={login}
        mayManage={scopes?.includes("accounts:manage") === true}
        ways={waysOf(me.data?.logins)}
        accounts={accounts}
      />
      <div role="status" className={styles.live}>
        <LoginNotice login={login} onDismiss={dismiss} />
      </div>
      <Content login={login} me={me} accounts={accounts} />
      {login.step.at === "choosing" && <Choosing login={login} accounts={accounts.data ?? []} />}
    </section>
  );
}

interface Answer<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

interface ContentProps {
  login: Login;
  me: Answer<Pick<Me, "scopes" | "logins">>;
  accounts: Answer<Account[]>;
}

function Content({ login, me, accounts }: ContentProps) {
  const { t } = useTranslation("connections");
  const failed = [me, accounts].filter(({ data, error }) => data === undefined && error !== null);
  if (me.data && !me.data.scopes.some((scope) => MAY_SEE.includes(scope))) {
    return (
      <EmptyState icon={<Lock size={22} aria-hidden="true" />} title={t("noScope.title")}>
        <p>{t("noScope.text")}</p>
      </EmptyState>
    );
  }
  if (failed[0]) {
    const again = () => {
      for (const each of failed) each.refetch();
    };
    return <ErrorState error={failed[0].error} onRetry={again} />;
  }
  if (me.data === undefined || accounts.data === undefined) return <Spinner label={t("loading")} />;
  const mayManage = me.data.scopes.includes("accounts:manage");
  const none = accounts.data.length === 0;
  return (
    <>
      {!mayManage && <Notice icon={<Info size={20} aria-hidden="true" />} title={t("noManage")} />}
      {none ? (
        <FirstRun login={login} mayManage={mayManage} ways={waysOf(me.data.logins)} />
      ) : (
        <AccountList accounts={accounts.data} login={login} mayManage={mayManage} />
      )}
      {mayManage && <Requirements key={String(none)} open={none} ways={waysOf(me.data.logins)} />}
    </>
  );
}

const MAY_SEE = ["accounts:manage", "messages:read", "messages:send"];

function Choosing({ login, accounts }: { login: Login; accounts: Account[] }) {
  const { step } = login;
  if (step.at !== "choosing") return null;
  const { completion, candidates, chosen, lacks } = step;
  return (
    <Picker
      candidates={candidates}
      accounts={accounts}
      chosen={chosen}
      lacks={lacks}
      onConnect={(picked) => login.connect(completion, candidates, picked)}
      onClose={login.dismiss}
    />
  );
}
