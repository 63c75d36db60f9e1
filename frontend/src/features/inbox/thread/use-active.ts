import {
  useCallback,
  useLayoutEffect,
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

/** One message of the list is where the tabulator key stops; the arrow keys go from message to message. */
export function useActive({ list, scroller }: Lists, rows: readonly Row[], onLeave: () => void) {
  const [key, setKey] = useState<string | null>(null);
  const wanted = useRef<string | null>(null);
  const found = key === null ? -1 : rows.findLastIndex((row) => keyOf(row) === key);
  const index = found >= 0 ? found : rows.length - 1;

  const focusAt = useCallback(
    (at: number, align: "nearest" | "center") => {
      const row = rows[at];
      if (!row) return false;
      if (at < rows.length - 1) onLeave();
      list.current?.scrollToIndex(at, { align });
      wanted.current = keyOf(row);
      setKey(wanted.current);
      elementOf(scroller.current, wanted.current)?.focus({ preventScroll: true });
      return true;
    },
    [rows, list, scroller, onLeave],
  );

  // A row that was not there is made by becoming the active one.
  useLayoutEffect(() => {
    if (wanted.current === null || wanted.current !== key) return;
    elementOf(scroller.current, key)?.focus({ preventScroll: true });
    wanted.current = null;
  }, [key, scroller]);

  const onFocus = useCallback((event: FocusEvent) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row]")?.dataset["row"];
    if (row !== undefined) setKey(row);
  }, []);

  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (target.dataset["row"] === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: rows.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      focusAt(Math.min(rows.length - 1, Math.max(0, to)), "nearest");
    },
    [index, rows.length, focusAt],
  );

  return { index, focusAt, onFocus, onKeyDown };
}

const elementOf = (scroller: HTMLElement | null, key: string): HTMLElement | null =>
  scroller?.querySelector<HTMLElement>(`[data-row="${key}"]`) ?? null;
