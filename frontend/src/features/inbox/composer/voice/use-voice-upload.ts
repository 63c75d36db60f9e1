import { useEffect, useRef, useState } from "react";
import { useClient } from "@/lib/root";
import { whenFree } from "../files/uploads";

/** Uploads the recording when it is to be sent; whoever goes away stops it. */
export function useVoiceUpload(onDone: (mediaId: string) => void) {
  const client = useClient();
  const [part, setPart] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const start = (file: File) => {
    const own = new AbortController();
    abort.current = own;
    setError(null);
    setPart(0);
    whenFree(() => client.upload(file, setPart, own.signal), own.signal).then(
      ({ id }) => {
        if (!own.signal.aborted) onDone(id);
      },
      (failed: unknown) => {
        if (own.signal.aborted) return;
        setError(failed);
        setPart(null);
      },
    );
  };
  return { part, error, start };
}
