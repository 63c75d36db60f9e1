import { useLayoutEffect, useState } from "react";
import { nextShown, type Row, type Shown } from "./rows";

/** The rows as the list is to be given them: never grown at both ends at once, since it would lose its place. */
export function useShown(source: readonly Row[]): Shown {
  const [held, setHeld] = useState<Shown>({ rows: source, source, shift: false });
  const now = held.source === source ? held : nextShown(held, source);
  if (now !== held) setHeld(now);
  const isHalf = now.rows.length !== now.source.length;
  useLayoutEffect(() => {
    // Before anything is painted.
    if (isHalf) queueMicrotask(() => setHeld((half) => nextShown(half, half.source)));
  }, [isHalf]);
  return now;
}
