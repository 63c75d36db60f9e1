import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Candidate, Connected } from "@/api/types";
import { Button } from "@/components/button";
import { accountName } from "@/lib/names";
import { candidateName } from "./candidates";
import { Notice } from "./notice";
import styles from "./notice.module.css";
import { useCodeWords, useDays } from "./words";

interface OutcomeProps {
  outcome: Connected;
  candidates: Candidate[];
  onDismiss: () => void;
}

/** What was connected, and what was not with the reason. */
export function OutcomeNotice({ outcome: { connected, refused }, candidates, onDismiss }: OutcomeProps) {
  const { t } = useTranslation("connections");
  const { list } = useDays();
  const title =
    connected.length > 0 ? t("outcome.connected", { count: connected.length }) : t("outcome.none");
  return (
    <Notice
      {...toneOf(connected.length, refused.length)}
      title={title}
      actions={<Button onClick={onDismiss}>{t("outcome.dismiss")}</Button>}
    >
      {connected.length > 0 && (
        <p>{t("outcome.connectedText", { names: list(connected.map(accountName)) })}</p>
      )}
      {refused.length > 0 && (
        <>
          {connected.length > 0 && <p className={styles.title}>{t("outcome.partly")}</p>}
          <Refused refused={refused} candidates={candidates} />
        </>
      )}
    </Notice>
  );
}

function Refused({ refused, candidates }: { refused: Connected["refused"]; candidates: Candidate[] }) {
  const { t } = useTranslation("connections");
  const words = useCodeWords();
  return (
    <ul className={styles.refused}>
      {refused.map(({ key, code, detail }) => {
        const candidate = candidates.find((each) => each.key === key);
        return (
          <li key={key}>
            <strong>{(candidate && candidateName(candidate)) ?? t("picker.unnamed")}</strong>:{" "}
            {words("reason", code, detail)}
          </li>
        );
      })}
    </ul>
  );
}

function toneOf(connected: number, refused: number) {
  if (refused === 0) return { tone: "success" as const, icon: <CircleCheck size={20} aria-hidden="true" /> };
  if (connected > 0)
    return { tone: "warning" as const, icon: <TriangleAlert size={20} aria-hidden="true" /> };
  return { tone: "danger" as const, icon: <CircleAlert size={20} aria-hidden="true" /> };
}
