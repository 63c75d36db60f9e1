import { useCallback, useEffect, useMemo, useRef, useState } from "react";

const RESTS_AFTER_MS = 5000;

/**
 * Whether somebody is about to press something in an element, so that nothing is to move there: the pointer or
 * the keyboard did something in it within the last seconds.
 */
export function useHold() {
  const [isHeld, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const release = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    setHeld(false);
  }, []);
  const hold = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(release, RESTS_AFTER_MS);
    setHeld(true);
  }, [release]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const handlers = useMemo(
    () => ({
      onPointerMove: hold,
      onPointerDown: hold,
      onWheel: hold,
      onKeyDown: hold,
      onPointerLeave: release,
    }),
    [hold, release],
  );
  return { isHeld, release, handlers };
}
