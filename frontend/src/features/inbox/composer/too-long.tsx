import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Capabilities } from "@/api/types";
import { Button } from "@/components/button";
import { lengthOf } from "@/lib/surface";
import { partsOf } from "./parts";
import styles from "./composer.module.css";

interface TooLongProps {
  text: string;
  can: Capabilities;
  onSend: () => void;
}

/** More than one message holds: it can go in several. */
export function TooLong({ text, can, onSend }: TooLongProps) {
  const { t } = useTranslation("composer");
  const { text_limit: limit, text_unit: unit } = can;
  const parts = useMemo(
    () => partsOf(text.trim(), { limit, length: (piece) => lengthOf(piece, unit) }),
    [text, limit, unit],
  );
  return (
    <div className={styles.strip} data-tone="warning">
      <p>{parts === null ? t("long.tooLong") : t("long.text", { count: parts })}</p>
      {parts !== null && (
        <Button size="small" onClick={onSend}>
          {t("long.send", { count: parts })}
        </Button>
      )}
    </div>
  );
}
