import { useCallback, useMemo, useState } from "react";
import { keep, readKept } from "@/lib/kept";

export interface Panel {
  isOpen: boolean;
  toggle: () => void;
  close: () => void;
}

const KEPT = "meta-inbox.contact-panel";

/** Whether the contact is shown. Beside the conversation that is remembered; over it, it is asked for each time. */
export function usePanel(isBeside: boolean): Panel {
  const [isShown, setShown] = useState(() => readKept(KEPT) !== "closed");
  const [isOver, setOver] = useState(false);
  const isOpen = isBeside ? isShown : isOver;
  const set = useCallback(
    (shown: boolean) => {
      if (!isBeside) {
        setOver(shown);
        return;
      }
      setShown(shown);
      keep(KEPT, shown ? "open" : "closed");
    },
    [isBeside],
  );
  return useMemo(() => ({ isOpen, toggle: () => set(!isOpen), close: () => set(false) }), [isOpen, set]);
}
