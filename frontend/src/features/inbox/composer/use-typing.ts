import { useCallback, useEffect, useRef } from "react";
import { useClient } from "@/lib/root";

const TOLD_EVERY_MS = 10_000;
/** Meta ends it by itself after some seconds, so there is nothing to take back later. */
const SHOWN_MS = 20_000;

/** Shows the contact that somebody writes, while the window is open; what becomes of it, nobody needs to know. */
export function useTyping(account: string, contact: string, allowed: boolean) {
  const client = useClient();
  const toldAt = useRef(0);
  const isAllowed = useRef(allowed);
  useEffect(() => {
    isAllowed.current = allowed;
  }, [allowed]);
  const tell = useCallback(
    (on: boolean) => void client.typing({ account, contact }, on).catch(() => undefined),
    [client, account, contact],
  );
  const stop = useCallback(() => {
    const shown = Date.now() - toldAt.current < SHOWN_MS;
    toldAt.current = 0;
    if (shown && isAllowed.current) tell(false);
  }, [tell]);
  const written = useCallback(
    (text: string) => {
      if (text.trim() === "") {
        stop();
        return;
      }
      if (!isAllowed.current || Date.now() - toldAt.current < TOLD_EVERY_MS) return;
      toldAt.current = Date.now();
      tell(true);
    },
    [tell, stop],
  );
  /** Meta takes it away when the message comes. */
  const sent = useCallback(() => {
    toldAt.current = 0;
  }, []);
  useEffect(() => stop, [stop]);
  return { written, stop, sent };
}
