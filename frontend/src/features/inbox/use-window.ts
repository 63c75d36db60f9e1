import { useEffect, useState } from "react";
import type { Conversation } from "@/api/types";
import { now as present } from "@/lib/clock";
import { useNow } from "./use-now";
import { nextEnd, windowAt, type WindowState } from "./window-state";

const NEAR_MS = 2 * 60_000;

/** How the conversation's messaging window stands; looked at again the very moment when it ends. */
export function useWindow(conversation: Conversation): { state: WindowState; now: number } {
  const minute = useNow();
  const [ended, setEnded] = useState(0);
  const now = Math.max(minute, ended);
  const end = nextEnd(conversation, now);
  useEffect(() => {
    if (end === null || end - present() > NEAR_MS) return undefined;
    const timer = setTimeout(() => setEnded(Math.max(end, present())), end - present());
    return () => clearTimeout(timer);
  }, [end, minute]);
  return { state: windowAt(conversation, now), now };
}
