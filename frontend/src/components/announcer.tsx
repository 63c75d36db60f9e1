import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";
import { unseen } from "@/components/unseen";
import styles from "./announcer.module.css";

interface Toast {
  id: number;
  text: string;
  tone: "neutral" | "danger";
}

interface Voice {
  /** Read out by screen readers, seen by nobody. */
  announce: (text: string) => void;
  /** Shown for some seconds, and read out. */
  toast: (text: string, tone?: Toast["tone"]) => void;
}

const VoiceContext = createContext<Voice>({ announce: () => undefined, toast: () => undefined });
const SHOWN_MS = 6000;

/** The one live region of the app, and its short notices. */
export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState("");
  const [toasts, setToasts] = useState<Toast[]>([]);
  const number = useRef(0);
  // The same words twice are read out twice.
  const announce = useCallback(
    (text: string) => setSaid((before) => (before === text ? `${text}\u00a0` : text)),
    [],
  );
  const toast = useCallback((text: string, tone: Toast["tone"] = "neutral") => {
    const id = (number.current += 1);
    setToasts((shown) => [...shown.slice(-2), { id, text, tone }]);
    setTimeout(() => setToasts((shown) => shown.filter((each) => each.id !== id)), SHOWN_MS);
  }, []);
  const voice = useMemo(() => ({ announce, toast }), [announce, toast]);
  return (
    <VoiceContext value={voice}>
      {children}
      <div className={unseen} aria-live="polite" role="log">
        {said}
      </div>
      <div className={styles.toasts} role="status">
        {toasts.map(({ id, text, tone }) => (
          <p key={id} className={styles.toast} data-tone={tone}>
            {text}
          </p>
        ))}
      </div>
    </VoiceContext>
  );
}

export const useVoice = (): Voice => useContext(VoiceContext);
