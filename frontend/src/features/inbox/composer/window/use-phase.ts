import { useEffect, useMemo, useState } from "react";
import type { Account, Conversation } from "@/api/types";
import { nextLook, phaseAt, type Phase } from "./phase";

/** What may be sent now; looked at again just when that changes, and when the page is seen again. */
export function usePhase(conversation: Conversation, account: Account): { phase: Phase; now: number } {
  const [now, setNow] = useState(Date.now);
  const { window } = conversation;
  const { status } = account;
  const phase = useMemo(() => phaseAt(window, { status }, now), [window, status, now]);
  const until = phase.until;
  useEffect(() => {
    const look = () => setNow(Date.now());
    const wait = nextLook(until, Date.now());
    const timer = wait === null ? undefined : setTimeout(look, wait);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [until, now]);
  // What came just now is judged by a clock that may have been looked at long ago.
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()));
    return () => clearTimeout(timer);
  }, [window, status]);
  return { phase, now };
}
