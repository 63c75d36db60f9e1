import { ChevronDown, EllipsisVertical, Search, X } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Account } from "@/api/types";
import { useVoice } from "@/components/announcer";
import { Button, IconButton } from "@/components/button";
import { Menu, MenuChoice } from "@/components/menu";
import { canNotify, chooseNotify, useNotifyChoice, type NotifyChoice } from "@/lib/notify";
import { accountName, PLATFORMS } from "@/lib/names";
import { unseen } from "@/components/unseen";
import styles from "./list-header.module.css";

interface HeaderProps {
  accounts: readonly Account[];
  /** The account that is listed; "": all. */
  account: string;
  onAccount: (account: string) => void;
  words: string;
  onWords: (words: string) => void;
  unread: boolean;
  onUnread: (unread: boolean) => void;
}

/** Which conversations are listed. */
export function ListHeader(props: HeaderProps) {
  const { accounts, account, onAccount, words, onWords, unread, onUnread } = props;
  const { t } = useTranslation("inbox");
  return (
    <header className={styles.header}>
      <div className={styles.line}>
        <h1 className={styles.title}>{t("title")}</h1>
        <OptionsMenu />
      </div>
      <SearchField words={words} onWords={onWords} />
      <div className={styles.line}>
        {accounts.length > 1 ? (
          <AccountMenu accounts={accounts} account={account} onAccount={onAccount} />
        ) : (
          <span />
        )}
        <button type="button" className={styles.chip} aria-pressed={unread} onClick={() => onUnread(!unread)}>
          {t("list.unread")}
        </button>
      </div>
    </header>
  );
}

function SearchField({ words, onWords }: { words: string; onWords: (words: string) => void }) {
  const { t } = useTranslation("inbox");
  const id = useId();
  return (
    <div className={styles.search}>
      <label htmlFor={id} className={unseen}>
        {t("list.search")}
      </label>
      <Search size={17} aria-hidden="true" className={styles.glass} />
      <input
        id={id}
        type="search"
        className={styles.input}
        placeholder={t("list.search")}
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        value={words}
        onChange={(event) => onWords(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onWords("");
        }}
      />
      {words !== "" && (
        <IconButton label={t("list.clearSearch")} size="small" onClick={() => onWords("")}>
          <X size={16} aria-hidden="true" />
        </IconButton>
      )}
    </div>
  );
}

function AccountMenu({
  accounts,
  account,
  onAccount,
}: Pick<HeaderProps, "accounts" | "account" | "onAccount">) {
  const { t } = useTranslation("inbox");
  const nameOf = (each: Account) =>
    `${accountName(each)} · ${PLATFORMS[each.platform] ?? each.platform}${
      each.status === "disconnected" ? ` (${t("account.off")})` : ""
    }`;
  const chosen = accounts.find(({ id }) => id === account);
  const name = chosen ? nameOf(chosen) : t("list.allAccounts");
  return (
    <Menu
      align="start"
      trigger={
        <Button
          size="small"
          look="quiet"
          className={styles.account}
          aria-label={`${t("list.account")}: ${name}`}
        >
          <span className={styles.accountName}>{name}</span>
          <ChevronDown size={16} aria-hidden="true" />
        </Button>
      }
    >
      <MenuChoice
        label={t("list.account")}
        value={chosen?.id ?? "all"}
        onChange={(value) => onAccount(value === "all" ? "" : value)}
        options={[
          { value: "all", label: t("list.allAccounts") },
          ...accounts.map((each) => ({ value: each.id, label: nameOf(each) })),
        ]}
      />
    </Menu>
  );
}

function OptionsMenu() {
  const { t } = useTranslation("inbox");
  const { toast } = useVoice();
  const choice = useNotifyChoice();
  const choose = async (chosen: NotifyChoice) => {
    if (await chooseNotify(chosen)) {
      if (choice === "off" && chosen !== "off") toast(t("notices.on"));
    } else toast(t(canNotify() ? "notices.denied" : "notices.unsupported"), "danger");
  };
  return (
    <Menu
      trigger={
        <IconButton label={t("list.options")}>
          <EllipsisVertical size={19} aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuChoice<NotifyChoice>
        label={t("notices.label")}
        value={choice}
        onChange={(chosen) => void choose(chosen)}
        options={[
          { value: "off", label: t("notices.off") },
          { value: "quiet", label: t("notices.quiet") },
          { value: "full", label: t("notices.full") },
        ]}
      />
    </Menu>
  );
}
