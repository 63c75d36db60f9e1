import { Zap } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useErrorWords } from "@/components/error-words";
import { Spinner } from "@/components/spinner";
import { filled, type FieldValues } from "@/lib/canned-fields";
import type { useCanned } from "./use-canned";
import styles from "./canned-list.module.css";

interface CannedListProps {
  id: string;
  canned: ReturnType<typeof useCanned>;
  values: FieldValues;
}

export const optionId = (list: string, place: number): string => `${list}-${String(place)}`;

/** The canned replies that fit the word after the slash; the focus stays in the text box. */
export function CannedList({ id, canned, values }: CannedListProps) {
  const { t } = useTranslation("composer");
  const words = useErrorWords();
  const list = useRef<HTMLUListElement>(null);
  const { found, active, replies } = canned;
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div className={styles.panel}>
      <p className={styles.head}>
        <Zap size={14} aria-hidden="true" />
        {t("canned.title")}
        <span className={styles.keys}>{t("canned.keys")}</span>
      </p>
      {replies.isPending && <Spinner label={t("canned.loading")} />}
      {replies.isError && <p className={styles.note}>{words(replies.error)}</p>}
      {replies.data?.length === 0 && <p className={styles.note}>{t("canned.none")}</p>}
      {found.length > 0 && (
        <ul ref={list} id={id} role="listbox" aria-label={t("canned.title")} className={styles.list}>
          {found.map((reply, place) => (
            // The keys are those of the text box, which keeps the focus.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <li
              key={reply.id}
              id={optionId(id, place)}
              role="option"
              aria-selected={place === active}
              className={styles.option}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => canned.choose(place)}
            >
              <span className={styles.shortcut}>/{reply.shortcut}</span>
              <span className={styles.text}>{filled(reply.text, values)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
