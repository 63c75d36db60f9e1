import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Emoji } from "./emoji-data";
import styles from "./emoji-picker.module.css";

export const COLUMNS = 8;

interface EmojiGridProps {
  label: string;
  emojis: Emoji[];
  onChoose: (emoji: Emoji) => void;
}

/** Emojis in rows; one of them is in the order of Tab, and the arrow keys go from there. */
export function EmojiGrid({ label, emojis, onChoose }: EmojiGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const moved = useRef(false);
  const last = emojis.length - 1;
  const place = Math.min(at, Math.max(0, last));
  useEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLElement>(`[data-place="${String(place)}"]`)?.focus();
    moved.current = false;
  }, [place]);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = targetOf(event, place, last);
    if (next === null) return;
    event.preventDefault();
    moved.current = true;
    setAt(Math.max(0, Math.min(last, next)));
  };
  const rows = Array.from({ length: Math.ceil(emojis.length / COLUMNS) }, (_, row) =>
    emojis.slice(row * COLUMNS, (row + 1) * COLUMNS),
  );
  return (
    <div
      ref={grid}
      role="grid"
      aria-label={label}
      tabIndex={-1}
      className={styles.grid}
      onKeyDown={onKeyDown}
    >
      {rows.map((row, number) => (
        <div key={row[0]?.unicode} role="row" className={styles.row}>
          {row.map((emoji, column) => {
            const own = number * COLUMNS + column;
            return (
              <span key={emoji.unicode} role="gridcell">
                <button
                  type="button"
                  className={styles.emoji}
                  data-place={own}
                  tabIndex={own === place ? 0 : -1}
                  aria-label={emoji.label}
                  title={emoji.label}
                  onFocus={() => setAt(own)}
                  onClick={() => onChoose(emoji)}
                >
                  {emoji.unicode}
                </button>
              </span>
            );
          })}
        </div>
      ))}
    </div>
  );
}

function targetOf({ key, ctrlKey }: KeyboardEvent, place: number, last: number): number | null {
  const start = place - (place % COLUMNS);
  switch (key) {
    case "ArrowRight":
      return place + 1;
    case "ArrowLeft":
      return place - 1;
    case "ArrowDown":
      return place + COLUMNS > last && start + COLUMNS > last ? place : place + COLUMNS;
    case "ArrowUp":
      return place < COLUMNS ? place : place - COLUMNS;
    case "Home":
      return ctrlKey ? 0 : start;
    case "End":
      return ctrlKey ? last : start + COLUMNS - 1;
    default:
      return null;
  }
}
