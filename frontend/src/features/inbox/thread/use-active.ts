import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
} from "react";
import type { VirtualizerHandle } from "virtua";
import { keyOf, type Row } from "./rows";

interface Lists {
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLElement | null>;
}

const FRAMES = 20;

/**
 * One message of the list is where the tabulator key stops; the arrow keys go from message to message. Until one
 * was chosen the key stops at the list, which hands the focus to the last message that is seen: a row that is kept
 * in the page while it is not seen moves those that are, when it is measured.
 */
export function useActive({ list, scroller }: Lists, rows: readonly Row[], onLeave: () => void) {
  const [key, setKey] = useState<string | null>(null);
  const waiting = useRef(0);
  const found = key === null ? -1 : rows.findLastIndex((row) => keyOf(row) === key);

  const focusAt = useCallback(
    (at: number, align: "nearest" | "center") => {
      const row = rows[at];
      if (!row) return false;
      if (at < rows.length - 1) onLeave();
      list.current?.scrollToIndex(at, { align });
      setKey(keyOf(row));
      cancelAnimationFrame(waiting.current);
      // A row that was not there is made by becoming the active one, and is hidden until it is measured.
      const focus = (frames: number) => {
        const element = elementOf(scroller.current, keyOf(row));
        element?.focus({ preventScroll: true });
        if (frames > 0 && (element === null || document.activeElement !== element))
          waiting.current = requestAnimationFrame(() => focus(frames - 1));
      };
      focus(FRAMES);
      return true;
    },
    [rows, list, scroller, onLeave],
  );
  useEffect(() => () => cancelAnimationFrame(waiting.current), []);

  const onFocus = useCallback(
    (event: FocusEvent) => {
      const shown = list.current;
      if (event.target === scroller.current && shown) {
        const end = shown.findItemIndex(shown.scrollOffset + shown.viewportSize - 1);
        focusAt(Math.min(rows.length - 1, end), "nearest");
        return;
      }
      const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row]")?.dataset["row"];
      if (row !== undefined) setKey(row);
    },
    [focusAt, list, rows.length, scroller],
  );

  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (target.dataset["row"] === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      const to = { ArrowUp: found - 1, ArrowDown: found + 1, Home: 0, End: rows.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      focusAt(Math.min(rows.length - 1, Math.max(0, to)), "nearest");
    },
    [found, rows.length, focusAt],
  );

  // -1: none was chosen.
  return { index: found, focusAt, onFocus, onKeyDown };
}

const elementOf = (scroller: HTMLElement | null, key: string): HTMLElement | null =>
  scroller?.querySelector<HTMLElement>(`[data-row="${key}"]`) ?? null;
