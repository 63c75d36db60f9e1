import { Pause, Play } from "lucide-react";
import { useRef, useState } from "react";
import { IconButton } from "@/components/button";
import { useView } from "./thread-context";
import { duration } from "./times";
import styles from "./media.module.css";

const SPEEDS = [1, 1.5, 2];

/** A recording, played here. */
export function VoiceNote({ src, onError }: { src: string; onError: () => void }) {
  const { t } = useView();
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [now, setNow] = useState(0);
  const [length, setLength] = useState(0);
  const [speed, setSpeed] = useState(1);
  const learn = () => setLength(finite(audio.current?.duration));
  const toggle = () => {
    const player = audio.current;
    if (!player) return;
    if (!player.paused) player.pause();
    // Whoever leaves while it begins makes it fail, which is nobody's concern.
    else player.play().catch(() => undefined);
  };
  const faster = () => {
    const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1;
    setSpeed(next);
    if (audio.current) audio.current.playbackRate = next;
  };
  return (
    <div className={styles.voice} role="group" aria-label={t("media.audio")}>
      <IconButton label={t(isPlaying ? "player.pause" : "player.play")} look="primary" onClick={toggle}>
        {isPlaying ? <Pause size={18} aria-hidden="true" /> : <Play size={18} aria-hidden="true" />}
      </IconButton>
      <input
        className={styles.place}
        type="range"
        min={0}
        max={Math.max(length, now, 0.1)}
        step={0.1}
        value={now}
        aria-label={t("player.place")}
        aria-valuetext={t("player.placeText", { now: duration(now), all: duration(length) })}
        onChange={(event) => {
          const to = Number(event.target.value);
          setNow(to);
          if (audio.current) audio.current.currentTime = to;
        }}
      />
      <span className={styles.time} aria-hidden="true">
        {duration(now > 0 ? now : length)}
      </span>
      <button
        type="button"
        className={styles.speed}
        aria-label={t("player.speed", { speed })}
        onClick={faster}
      >
        {speed}×
      </button>
      {/* A voice note has no captions. */}
      {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
      <audio
        ref={audio}
        src={src}
        preload="metadata"
        onLoadedMetadata={learn}
        onDurationChange={learn}
        onTimeUpdate={() => setNow(audio.current?.currentTime ?? 0)}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setNow(0)}
        onError={onError}
      />
    </div>
  );
}

const finite = (seconds: number | undefined): number =>
  seconds !== undefined && Number.isFinite(seconds) ? seconds : 0;
