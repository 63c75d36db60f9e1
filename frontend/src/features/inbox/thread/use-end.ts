import { useCallback, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import { isPending, keyOf, type Row } from "./rows";

const NEAR = 48;

/** Keeps a reader who is at the end at the end, and everybody else where they are. */
export function useEnd(rows: readonly Row[]) {
  const list = useRef<VirtualizerHandle>(null);
  const isStuck = useRef(true);
  const before = useRef(0);
  const sent = useRef<string | null>(null);
  const last = useRef<string | null>(null);
  // The row that was the last when the reader went up; null: they are at the end.
  const [left, setLeft] = useState<string | null>(null);

  const toEnd = useCallback(() => {
    isStuck.current = true;
    list.current?.scrollToIndex(Number.MAX_SAFE_INTEGER, { align: "end" });
  }, []);

  const keep = useCallback(() => {
    if (isStuck.current) toEnd();
  }, [toEnd]);

  const onScroll = useCallback(
    (offset: number) => {
      const shown = list.current;
      if (!shown) return;
      const away = shown.scrollSize - shown.viewportSize - offset;
      const was = before.current;
      before.current = offset;
      if (away <= NEAR) isStuck.current = true;
      else if (offset < was) isStuck.current = false;
      // It went to where the end was before the last rows were measured.
      else if (offset > was) keep();
      setLeft((known) => (isStuck.current ? null : (known ?? last.current)));
    },
    [keep],
  );

  /** The reader goes to another place by a key or a button. */
  const leave = useCallback(() => {
    isStuck.current = false;
    setLeft((known) => known ?? last.current);
  }, []);

  useLayoutEffect(() => {
    const end = rows.at(-1);
    last.current = end ? keyOf(end) : null;
    // What the agent just sent is to be seen.
    if (end && isPending(end) && end.key !== sent.current) {
      sent.current = end.key;
      isStuck.current = true;
    }
    keep();
  }, [rows, keep]);

  return { list, left, onScroll, keep, toEnd, leave };
}
