import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Conversation } from "@/api/types";
import { useClient } from "@/lib/root";
import { ReadMarks } from "./read-marks";
import { useVisible } from "./use-visible";

/** Marks the conversation read while it is open and can be seen, also what comes meanwhile. */
export function useMarkRead(conversation: Conversation | null): void {
  const client = useClient();
  const cache = useQueryClient();
  const isVisible = useVisible();
  const marks = useRef<ReadMarks>(null);
  useEffect(() => {
    const made = (marks.current = new ReadMarks(client, cache));
    return () => made.stop();
  }, [client, cache]);
  useEffect(() => {
    if (isVisible && conversation) marks.current?.see(conversation);
    else marks.current?.look();
  }, [conversation, isVisible]);
}
