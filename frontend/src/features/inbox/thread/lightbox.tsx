import { ChevronLeft, ChevronRight, ExternalLink } from "lucide-react";
import { useEffect, useState } from "react";
import type { Attachment, Message } from "@/api/types";
import { IconButton } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { picturesOf } from "./file-kind";
import { NoFile } from "./media";
import { useView } from "./thread-context";
import { useFile } from "./use-file";
import styles from "./lightbox.module.css";

interface LightboxProps {
  message: Message;
  picture: Attachment;
  onClose: () => void;
}

/** The pictures of a message, as large as the screen. */
export function Lightbox({ message, picture, onClose }: LightboxProps) {
  const { t } = useView();
  const pictures = picturesOf(message);
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      pictures.findIndex(({ id }) => id === picture.id),
    ),
  );
  const shown = pictures[at] ?? picture;
  const count = pictures.length;
  const go = (by: number) => setAt((before) => (before + by + count) % count);
  useEffect(() => {
    if (count < 2) return undefined;
    const press = ({ key }: KeyboardEvent) => {
      if (key === "ArrowLeft") setAt((before) => (before - 1 + count) % count);
      if (key === "ArrowRight") setAt((before) => (before + 1) % count);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [count]);
  const title = count > 1 ? t("lightbox.title", { number: at + 1, count }) : t("lightbox.titleOne");
  return (
    <Dialog title={title} size="full" onClose={onClose}>
      <div className={styles.stage}>
        {count > 1 && (
          <IconButton
            label={t("lightbox.previous")}
            look="plain"
            className={styles.side}
            onClick={() => go(-1)}
          >
            <ChevronLeft size={22} aria-hidden="true" />
          </IconButton>
        )}
        <Large key={shown.id} message={message} picture={shown} />
        {count > 1 && (
          <IconButton label={t("lightbox.next")} look="plain" className={styles.side} onClick={() => go(1)}>
            <ChevronRight size={22} aria-hidden="true" />
          </IconButton>
        )}
      </div>
    </Dialog>
  );
}

function Large({ message, picture }: { message: Message; picture: Attachment }) {
  const { t } = useView();
  const { src, key, state, onError, retry } = useFile(message.id, picture);
  if (state !== "show" || src === null) return <NoFile state={state} kind="picture" onRetry={retry} />;
  return (
    <figure className={styles.figure}>
      <img key={key} src={src} alt={picture.name ?? t("media.picture")} onError={onError} />
      <figcaption>
        <a href={src} target="_blank" rel="noreferrer noopener">
          <ExternalLink size={15} aria-hidden="true" />
          {t("lightbox.open")}
        </a>
      </figcaption>
    </figure>
  );
}
