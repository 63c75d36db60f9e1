import { useEffect, useState } from "react";

const AGAIN_MS = 2000;

/** Code that is fetched when it is first wanted. */
export interface Late<T> {
  fetch: () => Promise<T>;
  /** Fetches what will be wanted soon; what cannot be fetched is fetched when it is. */
  prepare: () => void;
  now: () => T | null;
}

/** Unlike React's own `lazy`, what is there already is shown in the same moment. */
export function late<T>(load: () => Promise<T>): Late<T> {
  let loaded: T | null = null;
  const fetch = async () => (loaded ??= await load());
  return { fetch, prepare: () => void fetch().catch(() => undefined), now: () => loaded };
}

/** The code, or null while it comes; where it does not, it is asked for again and again. */
export function useLate<T>(code: Late<T>, isWanted: boolean): T | null {
  const [, setArrived] = useState(false);
  useEffect(() => {
    if (!isWanted || code.now() !== null) return;
    let again: ReturnType<typeof setTimeout> | undefined;
    let isGone = false;
    const fetch = () =>
      void code.fetch().then(
        () => !isGone && setArrived(true),
        () => {
          if (!isGone) again = setTimeout(fetch, AGAIN_MS);
        },
      );
    fetch();
    return () => {
      isGone = true;
      clearTimeout(again);
    };
  }, [code, isWanted]);
  return code.now();
}
