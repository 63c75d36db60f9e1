import { useEffect, useMemo, useState } from "react";
import type { Account, Conversation } from "@/api/types";
import { now as present } from "@/lib/clock";
import { nextLook, phaseAt, type Phase } from "./phase";

/** What may be sent now; looked at again just when that changes, and when the page is seen again. */
export function usePhase(conversation: Conversation, account: Account): { phase: Phase; now: number } {
  const [now, setNow] = useState(present);
  const { window } = conversation;
  const { status } = account;
  const phase = useMemo(() => phaseAt(window, { status }, now), [window, status, now]);
  const until = phase.until;
  useEffect(() => {
    const look = () => setNow(present());
    const wait = nextLook(until, present());
    const timer = wait === null ? undefined : setTimeout(look, wait);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [until, now]);
  // What came just now is judged by a clock that may have been looked at long ago.
  useEffect(() => {
    const timer = setTimeout(() => setNow(present()));
    return () => clearTimeout(timer);
  }, [window, status]);
  return { phase, now };
}
