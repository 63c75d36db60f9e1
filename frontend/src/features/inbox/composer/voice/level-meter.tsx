import { useEffect, useRef } from "react";
import styles from "./voice-note.module.css";

const BARS = 28;

/** Shows that the microphone hears something: the newest on the right. */
export function LevelMeter({ label, level }: { label: string; level: () => number }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const heard: number[] = Array.from({ length: BARS }, () => 0);
    const timer = setInterval(() => {
      heard.push(level());
      heard.shift();
      for (const [at, bar] of Array.from(place.current?.children ?? []).entries()) {
        (bar as HTMLElement).style.blockSize = `${String(8 + (heard[at] ?? 0) * 92)}%`;
      }
    }, 90);
    return () => clearInterval(timer);
  }, [level]);
  return (
    <div ref={place} role="img" aria-label={label} className={styles.meter}>
      {Array.from({ length: BARS }, (_, at) => (
        <span key={at} className={styles.bar} />
      ))}
    </div>
  );
}
