import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Capabilities } from "@/api/types";
import { useVoice } from "@/components/announcer";
import { useLocale } from "@/lib/root";
import { unseen } from "@/components/unseen";
import styles from "./counter.module.css";

const SHOWN_FROM = 0.6;
const TOLD_FROM = 0.9;

/** How much of a message's length is used, in what Meta counts; in view once it matters. */
export function Counter({ length, can }: { length: number; can: Capabilities }) {
  const { t } = useTranslation("composer");
  const locale = useLocale();
  const { announce } = useVoice();
  const { text_limit: limit, text_unit: unit } = can;
  const near = length >= limit * TOLD_FROM;
  const over = length > limit;
  const left = useRef(limit - length);
  useEffect(() => {
    left.current = limit - length;
  });
  useEffect(() => {
    if (over) announce(t("long.limit"));
    else if (near) announce(t("counter.left", { count: left.current }));
  }, [near, over, announce, t]);
  if (length < limit * SHOWN_FROM) return null;
  const number = new Intl.NumberFormat(locale);
  const used = number.format(length);
  const words = t(unit === "bytes" ? "counter.bytes" : "counter.characters", {
    used,
    limit: number.format(limit),
  });
  return (
    <span
      className={styles.counter}
      data-tone={over ? "danger" : near ? "warning" : undefined}
      title={unit === "bytes" ? t("counter.bytesHint") : undefined}
    >
      <span aria-hidden="true">
        {used}/{number.format(limit)}
      </span>
      <span className={unseen}>{words}</span>
    </span>
  );
}
