import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import type { MessagePage } from "@/api/types";
import { Button } from "@/components/button";
import { Spinner } from "@/components/spinner";
import { Beginning, DayLine } from "./day-line";
import { MessageRow } from "./message-row";
import { PendingRow } from "./pending-row";
import { countAfter, isPending, keyOf, lastSeen, messageIn, timeOf, type Row } from "./rows";
import { placeOf } from "./sequence";
import { useView } from "./thread-context";
import { useActive } from "./use-active";
import { useEnd } from "./use-end";
import { useShown } from "./use-shown";
import styles from "./list.module.css";

export interface Older {
  has: boolean;
  isLoading: boolean;
  hasFailed: boolean;
  load: () => void;
}

export interface MessageListProps {
  label: string;
  rows: readonly Row[];
  pages: readonly MessagePage[];
  older: Older;
  /** A message that somebody wants to see; another object each time. */
  wanted: { id: string } | null;
}

/** The rows from their top at which older ones are asked for: before anybody gets there. */
const AHEAD = 45;
const FOUND_MS = 2500;
const NONE: readonly number[] = [];

export function MessageList({ label, rows: source, pages, older, wanted }: MessageListProps) {
  const { t, me } = useView();
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, shift } = useShown(source);
  const { list, left, onScroll, keep, toEnd, leave } = useEnd(rows);
  const active = useActive({ list, scroller }, rows, leave);
  const [found, setFound] = useState<string | null>(null);
  const { focusAt } = active;

  const readAhead = useCallback(() => {
    const at = list.current?.findItemIndex(list.current.scrollOffset) ?? AHEAD;
    if (at < AHEAD && older.has && !older.isLoading && !older.hasFailed) older.load();
  }, [list, older]);
  useEffect(readAhead, [rows, readAhead]);

  const shownFor = useRef<object | null>(null);
  useLayoutEffect(() => {
    if (wanted === null || shownFor.current === wanted) return;
    const at = rows.findIndex((row) => keyOf(row) === wanted.id);
    if (!focusAt(at, "center")) return;
    shownFor.current = wanted;
    queueMicrotask(() => setFound(wanted.id));
  }, [wanted, rows, focusAt]);
  useEffect(() => {
    if (found === null) return undefined;
    const over = setTimeout(() => setFound(null), FOUND_MS);
    return () => clearTimeout(over);
  }, [found]);

  const seen = lastSeen(rows);
  const draw = (row: Row, at: number) => {
    const { startsDay, ...place } = placeOf(rows, at, me);
    const isActive = at === active.index;
    return (
      <div key={keyOf(row)} className={styles.item} data-last={at === rows.length - 1 || undefined}>
        {at === 0 && !older.has && <Beginning row={row} />}
        {startsDay && <DayLine time={timeOf(row)} />}
        {isPending(row) ? (
          <PendingRow pending={row} startsGroup={place.startsGroup} isActive={isActive} />
        ) : (
          <MessageRow
            message={row}
            quoted={row.reply_to?.id ? (messageIn(pages, row.reply_to.id) ?? null) : null}
            isLastSeen={row.id === seen}
            isFound={row.id === found}
            isActive={isActive}
            {...place}
          />
        )}
      </div>
    );
  };

  return (
    <div className={styles.place}>
      {/* The arrow keys go from message to message; the messages themselves take the focus. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={scroller}
        className={styles.scroller}
        role="log"
        aria-live="off"
        aria-label={label}
        aria-busy={older.isLoading}

        tabIndex={active.index < 0 ? 0 : -1}
        onFocus={active.onFocus}
        onKeyDown={active.onKeyDown}
      >
        <div className={styles.fill} />
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          data={rows}
          shift={shift}
          bufferSize={400}
          keepMounted={active.index < 0 ? NONE : [active.index]}
          onScroll={(offset) => {
            onScroll(offset);
            readAhead();
          }}
          onResize={keep}
        >
          {draw}
        </Virtualizer>
      </div>
      <OlderNotice older={older} />
      {left !== null && (
        <EndButton count={countAfter(rows, left)} onPress={toEnd} label={(count) => t("new", { count })} />
      )}
    </div>
  );
}

function OlderNotice({ older }: { older: Older }) {
  const { t } = useView();
  if (older.hasFailed) {
    return (
      <div className={styles.notice} role="alert">
        {t("older.failed")}
        <Button size="small" onClick={older.load}>
          {t("older.again")}
        </Button>
      </div>
    );
  }
  return older.isLoading ? (
    <div className={styles.notice}>
      <Spinner />
      {t("older.loading")}
    </div>
  ) : null;
}

interface EndButtonProps {
  count: number;
  label: (count: number) => string;
  onPress: () => void;
}

function EndButton({ count, label, onPress }: EndButtonProps) {
  const { t } = useView();
  return (
    <button
      type="button"
      className={styles.toEnd}
      data-new={count > 0 || undefined}
      aria-label={count > 0 ? `${label(count)}. ${t("toEnd")}` : t("toEnd")}
      onClick={onPress}
    >
      {count > 0 && label(count)}
      <ArrowDown size={18} aria-hidden="true" />
    </button>
  );
}
