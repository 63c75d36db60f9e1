import { useCallback, useLayoutEffect, useRef, type RefObject } from "react";

export interface MessageBoxControl {
  box: RefObject<HTMLTextAreaElement | null>;
  focus: () => void;
  /** Puts a text where the caret is, in place of what is marked. */
  insert: (piece: string) => void;
  /** Changes the whole text, and where the caret then stands. */
  replace: (text: string, caret: number) => void;
}

const GROWS_BY_ITSELF = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

/** The text box: it grows with its text, and keeps the caret where what was put in ends. */
export function useMessageBox(text: string, onChange: (text: string) => void): MessageBoxControl {
  const box = useRef<HTMLTextAreaElement>(null);
  const caretWanted = useRef<number | null>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (!GROWS_BY_ITSELF) {
      element.style.blockSize = "auto";
      element.style.blockSize = `${String(element.scrollHeight)}px`;
    }
    if (caretWanted.current === null) return;
    element.setSelectionRange(caretWanted.current, caretWanted.current);
    caretWanted.current = null;
  }, [text]);
  const focus = useCallback(() => box.current?.focus(), []);
  const replace = useCallback(
    (next: string, caret: number) => {
      caretWanted.current = caret;
      onChange(next);
    },
    [onChange],
  );
  const insert = useCallback(
    (piece: string) => {
      const element = box.current;
      const [start, end] = element
        ? [element.selectionStart, element.selectionEnd]
        : [text.length, text.length];
      replace(text.slice(0, start) + piece + text.slice(end), start + piece.length);
    },
    [replace, text],
  );
  return { box, focus, insert, replace };
}
