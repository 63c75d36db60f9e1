import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Account, Candidate } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { accountName } from "@/lib/names";
import { standingOf } from "./account-status";
import { Who } from "./candidate-who";
import { accountOf } from "./candidates";
import styles from "./picker.module.css";
import { useCodeWords } from "./words";

interface PickerProps {
  candidates: Candidate[];
  accounts: Account[];
  /** What is ticked at first, by key. */
  chosen: string[];
  /** The account that was to be connected again, where the login did not bring it. */
  lacks: Account | null;
  onConnect: (keys: string[]) => void;
  onClose: () => void;
}

/** Which of the accounts that a login made available are connected. */
export function Picker({ candidates, accounts, chosen: atFirst, lacks, onConnect, onClose }: PickerProps) {
  const { t } = useTranslation("connections");
  const { t: common } = useTranslation();
  const [chosen, setChosen] = useState(atFirst);
  const connectable = candidates.filter((each) => each.connectable);
  const others = candidates.filter((each) => !each.connectable);
  const toggle = (key: string) =>
    setChosen((keys) => (keys.includes(key) ? keys.filter((each) => each !== key) : [...keys, key]));
  const nothing = connectable.length === 0;
  return (
    <Dialog
      title={nothing ? t("picker.nothing") : t("picker.title")}
      size="medium"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{nothing ? common("close") : common("cancel")}</Button>
          {!nothing && (
            <Button look="primary" disabled={chosen.length === 0} onClick={() => onConnect(chosen)}>
              {t(chosen.length === 0 ? "picker.connect_zero" : "picker.connect", { count: chosen.length })}
            </Button>
          )}
        </>
      }
    >
      {lacks && (
        <p className={styles.lacks}>
          {t(lacks.login === "instagram" ? "picker.otherAccount" : "picker.pageMissing", {
            name: accountName(lacks),
          })}
        </p>
      )}
      <p className={styles.text}>{nothing ? t("picker.nothingText") : t("picker.text")}</p>
      {!nothing && (
        <ul className={styles.list} aria-label={t("picker.list")}>
          {connectable.map((each) => (
            <Choice
              key={each.key}
              candidate={each}
              account={accountOf(each, accounts)}
              checked={chosen.includes(each.key)}
              onToggle={() => toggle(each.key)}
            />
          ))}
        </ul>
      )}
      {others.length > 0 && <Others candidates={others} heading={!nothing} />}
    </Dialog>
  );
}

interface ChoiceProps {
  candidate: Candidate;
  account: Account | undefined;
  checked: boolean;
  onToggle: () => void;
}

function Choice({ candidate, account, checked, onToggle }: ChoiceProps) {
  const { t } = useTranslation("connections");
  const id = useId();
  const [now] = useState(Date.now);
  const active = account && standingOf(account, now) === "active";
  return (
    <li>
      <label className={styles.choice}>
        <input
          type="checkbox"
          className={styles.box}
          checked={checked}
          onChange={onToggle}
          aria-labelledby={`${id}-name`}
          aria-describedby={`${id}-facts`}
        />
        <Who candidate={candidate} id={id} picture={account?.profile_picture_url ?? null}>
          {account && <span>{active && !checked ? t("picker.already") : t("picker.renews")}</span>}
        </Who>
      </label>
    </li>
  );
}

function Others({ candidates, heading }: { candidates: Candidate[]; heading: boolean }) {
  const { t } = useTranslation("connections");
  const words = useCodeWords();
  const id = useId();
  return (
    <section aria-label={t("picker.cannot")}>
      {heading && <h3 className={styles.heading}>{t("picker.cannot")}</h3>}
      <ul className={styles.list}>
        {candidates.map((each) => (
          <li key={each.key} className={styles.choice} data-off="">
            <Who candidate={each} id={`${id}-${each.key}`}>
              <span className={styles.reason}>
                {words("reason", each.reason ?? "not_connectable", t("reason.not_connectable"))}
              </span>
            </Who>
          </li>
        ))}
      </ul>
    </section>
  );
}
