import { Send, Square, Trash2 } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Capabilities, OutgoingContent } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { useErrorWords } from "@/components/error-words";
import { Spinner } from "@/components/spinner";
import { clock } from "../window/remaining";
import { LevelMeter } from "./level-meter";
import { useRecording } from "./use-recording";
import { useVoiceUpload } from "./use-voice-upload";
import { unseen } from "@/components/unseen";
import styles from "./voice-note.module.css";

interface VoiceNoteProps {
  audio: Capabilities["media"][string];
  /** Nothing may be sent at present. */
  isHeld: boolean;
  onSend: (content: OutgoingContent) => void;
  onClose: () => void;
}

const WARNED_S = 30;

/** Records, lets one listen, and sends: in place of the text box. */
export default function VoiceNote({ audio, isHeld, onSend, onClose }: VoiceNoteProps) {
  const { t } = useTranslation("composer");
  const words = useErrorWords();
  const { state, stop, again, level } = useRecording(audio);
  const upload = useVoiceUpload((media_id) => onSend({ type: "audio", media_id }));
  const place = useRef<HTMLDivElement>(null);
  // What is next to do has the focus, so that the whole of it is done by Enter.
  useEffect(() => place.current?.querySelector<HTMLElement>("[data-next]")?.focus(), [state.is]);
  const left = state.is === "recording" ? state.longest - state.seconds : Infinity;
  return (
    // Escape is the keyboard's way to the button that discards.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={place}
      role="group"
      aria-label={t("voice.title")}
      className={styles.note}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <IconButton label={t("voice.cancel")} onClick={onClose}>
        <Trash2 size={19} aria-hidden="true" />
      </IconButton>
      <div className={styles.middle}>
        {state.is === "asking" && <p role="status">{t("voice.asking")}</p>}
        {state.is === "recording" && (
          <>
            <span className={styles.dot} aria-hidden="true" />
            <span className={unseen} role="status">
              {t("voice.recording")}
            </span>
            <span className={styles.time}>{clock(Math.floor(state.seconds) * 1000)}</span>
            <LevelMeter label={t("voice.level")} level={level} />
            {left <= WARNED_S && (
              <span className={styles.left}>{t("voice.left", { time: clock(left * 1000) })}</span>
            )}
          </>
        )}
        {state.is === "converting" && (
          <p role="status" className={styles.busy}>
            <Spinner /> {t("voice.converting")}
          </p>
        )}
        {state.is === "ready" && (
          <>
            {/* A recording of one's own has no captions. */}
            {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
            <audio controls src={state.address} className={styles.player} aria-label={t("voice.ready")} />
            {state.wasCut && <p className={styles.left}>{t("voice.limit")}</p>}
            {upload.part !== null && (
              <progress className={styles.progress} value={upload.part} aria-label={t("voice.sending")} />
            )}
            {upload.error !== null && (
              <p role="alert" className={styles.fault}>
                {t("files.failed", { why: words(upload.error) })}
              </p>
            )}
          </>
        )}
        {state.is === "failed" && (
          <p role="alert" className={styles.fault}>
            {t(`voice.failures.${state.why}`)}
          </p>
        )}
      </div>
      {state.is === "recording" && (
        <IconButton label={t("voice.stop")} look="primary" data-next onClick={() => void stop()}>
          <Square size={16} aria-hidden="true" />
        </IconButton>
      )}
      {state.is === "ready" && (
        <IconButton
          label={t("voice.send")}
          look="primary"
          data-next
          disabled={isHeld}
          busy={upload.part !== null}
          onClick={() => upload.start(state.file)}
        >
          {upload.part === null && <Send size={18} aria-hidden="true" />}
        </IconButton>
      )}
      {state.is === "failed" && (
        <Button size="small" data-next onClick={again}>
          {t("voice.again")}
        </Button>
      )}
    </div>
  );
}
