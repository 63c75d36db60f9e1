import { useQuery } from "@tanstack/react-query";
import { useState, type KeyboardEvent } from "react";
import type { FieldValues } from "@/lib/canned-fields";
import { filled } from "@/lib/canned-fields";
import { keys } from "@/lib/keys";
import { useClient } from "@/lib/root";
import type { MessageBoxControl } from "../use-message-box";
import { inserted, matching, tokenAt, type Token } from "./token";

/** What a slash calls up: the list of canned replies while a word is being written, and its keys. */
export function useCanned(text: string, control: MessageBoxControl, values: FieldValues, allowed: boolean) {
  const client = useClient();
  const [token, setToken] = useState<Token | null>(null);
  const [given, setGiven] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const asked = allowed && token !== null;
  const replies = useQuery({ queryKey: keys.cannedReplies, queryFn: client.cannedReplies, enabled: asked });
  const found = token === null ? [] : matching(replies.data ?? [], token.word);
  // A word that nothing is found for is an ordinary word: it is not in the way.
  const isOpen = asked && given !== nameOf(token) && (found.length > 0 || token.word === "");

  /** The text or the caret changed. */
  const look = (value: string, caret: number) => {
    const next = tokenAt(value, caret);
    if (next?.word !== token?.word || next?.start !== token?.start) setActive(0);
    if (next === null || next.start !== token?.start) setGiven(null);
    setToken(next);
  };
  const choose = (place: number) => {
    const reply = found[place];
    if (reply === undefined || token === null) return;
    const { text: next, caret } = inserted(text, token, filled(reply.text, values));
    setToken(null);
    control.replace(next, caret);
    control.focus();
  };
  const close = () => setGiven(nameOf(token));
  /** Whether the key was for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    if (!isOpen) return false;
    const last = found.length - 1;
    const steps: Partial<Record<string, () => void>> = {
      ArrowDown: () => setActive(active >= last ? 0 : active + 1),
      ArrowUp: () => setActive(active <= 0 ? Math.max(0, last) : active - 1),
      Escape: close,
      ...(found.length > 0 && !event.shiftKey
        ? { Enter: () => choose(active), Tab: () => choose(active) }
        : {}),
    };
    const step = steps[event.key];
    if (step === undefined) return false;
    event.preventDefault();
    event.stopPropagation();
    step();
    return true;
  };
  return {
    isOpen,
    found,
    active: Math.min(active, Math.max(0, found.length - 1)),
    replies,
    look,
    choose,
    close,
    onKey,
  };
}

const nameOf = (token: Token | null): string | null => (token === null ? null : String(token.start));
