import { useCallback, useMemo, useState } from "react";

export interface Panel {
  isOpen: boolean;
  toggle: () => void;
  close: () => void;
}

const KEPT = "meta-inbox.contact-panel";

/** Whether the contact is shown. Beside the conversation that is remembered; over it, it is asked for each time. */
export function usePanel(isBeside: boolean): Panel {
  const [isShown, setShown] = useState(() => read() !== "closed");
  const [isOver, setOver] = useState(false);
  const isOpen = isBeside ? isShown : isOver;
  const set = useCallback(
    (shown: boolean) => {
      if (!isBeside) {
        setOver(shown);
        return;
      }
      setShown(shown);
      write(shown ? "open" : "closed");
    },
    [isBeside],
  );
  return useMemo(() => ({ isOpen, toggle: () => set(!isOpen), close: () => set(false) }), [isOpen, set]);
}

function read(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function write(state: string): void {
  try {
    localStorage.setItem(KEPT, state);
  } catch {
    // A browser that keeps nothing shows it next time.
  }
}
