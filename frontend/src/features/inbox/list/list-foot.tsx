import { useTranslation } from "react-i18next";
import type { Account } from "@/api/types";
import { Button } from "@/components/button";
import { useErrorWords } from "@/components/error-words";
import { Spinner } from "@/components/spinner";
import { accountName } from "@/lib/names";
import type { Shown } from "./lists";
import styles from "./list-foot.module.css";

interface FootProps {
  lists: Shown & { retry: () => void };
  accounts: ReadonlyMap<string, Account>;
}

/** What stands below the last conversation that is read. */
export function ListFoot({ lists, accounts }: FootProps) {
  const { t } = useTranslation("inbox");
  const words = useErrorWords();
  if (lists.failed.length > 0) {
    const names = lists.failed
      .map((id) => accounts.get(id))
      .flatMap((each) => (each ? [accountName(each)] : []));
    return (
      <div className={styles.foot} role="alert">
        <p>
          {accounts.size > 1 ? t("list.someFailed", { names: names.join(", ") }) : t("list.moreFailed")}{" "}
          {words(lists.error)}
        </p>
        <Button size="small" onClick={lists.retry}>
          {t("failed.again", { ns: "common" })}
        </Button>
      </div>
    );
  }
  return lists.hasMore ? (
    <Spinner label={t("list.loadingMore")} />
  ) : (
    <p className={styles.end}>{t("list.end")}</p>
  );
}
