import { useCallback, useEffect, useRef, useState } from "react";
import { canRecord, failureOf, formatFor, Recording, type Failure } from "./recording";

export type VoiceState =
  | { is: "asking" }
  | { is: "recording"; seconds: number; longest: number }
  | { is: "converting" }
  | { is: "ready"; file: File; address: string; wasCut: boolean }
  | { is: "failed"; why: Failure };

/** A recording that begins at once; whoever goes away throws it away. */
export function useRecording(audio: { max_bytes: number; content_types: string[] }) {
  const [state, setState] = useState<VoiceState>({ is: "asking" });
  const [tries, setTries] = useState(0);
  const recording = useRef<Recording | null>(null);
  const limit = useRef(audio);

  const stop = useCallback(async (wasCut = false) => {
    const running = recording.current;
    if (running === null) return;
    recording.current = null;
    setState({ is: "converting" });
    try {
      const file = await running.finish();
      setState({ is: "ready", file, address: URL.createObjectURL(file), wasCut });
    } catch {
      setState({ is: "failed", why: "unreadable" });
    }
  }, []);

  useEffect(() => {
    let wanted = true;
    let ticking: ReturnType<typeof setInterval> | undefined;
    const begin = async () => {
      if (!canRecord()) throw new TypeError("there is nothing to record with");
      const format = formatFor(limit.current, (type) => MediaRecorder.isTypeSupported(type));
      const started = await Recording.start(format);
      if (!wanted) {
        started.discard();
        return;
      }
      recording.current = started;
      const startedAt = Date.now();
      const tick = () => {
        if (recording.current !== started) return;
        const seconds = (Date.now() - startedAt) / 1000;
        if (seconds >= format.longestSeconds) void stop(true);
        else setState({ is: "recording", seconds, longest: format.longestSeconds });
      };
      tick();
      ticking = setInterval(tick, 250);
    };
    begin().catch((error: unknown) => {
      if (wanted) setState({ is: "failed", why: failureOf(error) });
    });
    return () => {
      wanted = false;
      clearInterval(ticking);
      recording.current?.discard();
      recording.current = null;
    };
  }, [tries, stop]);

  const address = state.is === "ready" ? state.address : null;
  useEffect(() => {
    if (address === null) return undefined;
    return () => URL.revokeObjectURL(address);
  }, [address]);

  const again = useCallback(() => {
    setState({ is: "asking" });
    setTries((before) => before + 1);
  }, []);
  const level = useCallback(() => recording.current?.level() ?? 0, []);
  return { state, stop, again, level };
}
