import { Download, FileText, FileX, Hourglass, ImageOff } from "lucide-react";
import { memo, useState } from "react";
import type { Attachment, Message } from "@/api/types";
import { Button } from "@/components/button";
import { kindOf } from "./file-kind";
import { useActions, useView } from "./thread-context";
import { useFile, type FileState } from "./use-file";
import { VoiceNote } from "./voice-note";
import { unseen } from "@/components/unseen";
import styles from "./media.module.css";

const MOST_SHOWN = 4;

interface FilesProps {
  message: Message;
  files: Attachment[];
}

/** The files of a message: pictures side by side, everything else one below the other. */
export const Files = memo(function Files({ message, files }: FilesProps) {
  const pictures = files.filter((file) => kindOf(file) === "picture");
  const others = files.filter((file) => kindOf(file) !== "picture");
  const names = files.filter(({ type, name }) => (type === "share" || type === "reel") && name !== null);
  return (
    <>
      {pictures.length > 0 && <Pictures message={message} files={pictures} />}
      {names.map(({ id, name }) => (
        <p key={id} className={styles.caption} dir="auto">
          {name}
        </p>
      ))}
      {others.map((file) => (
        <Other key={file.id} message={message} file={file} />
      ))}
    </>
  );
});

function Pictures({ message, files }: FilesProps) {
  const { t } = useView();
  const shown = files.slice(0, files.length > MOST_SHOWN ? MOST_SHOWN : files.length);
  return (
    <div className={styles.pictures} data-count={Math.min(files.length, MOST_SHOWN)}>
      {shown.map((file, at) => {
        const hidden = at === MOST_SHOWN - 1 ? files.length - MOST_SHOWN : 0;
        const label =
          files.length === 1 ? t("media.openOne") : t("media.open", { number: at + 1, count: files.length });
        return <Picture key={file.id} {...{ message, file, label, hidden }} isAlone={files.length === 1} />;
      })}
    </div>
  );
}

interface PictureProps {
  message: Message;
  file: Attachment;
  label: string;
  hidden: number;
  isAlone: boolean;
}

function Picture({ message, file, label, hidden, isAlone }: PictureProps) {
  const { t } = useView();
  const { showPictures } = useActions();
  const { src, key, state, onError, retry } = useFile(message.id, file);
  // A share may be a film as well as a picture; which, only its bytes say.
  const [isFilm, setFilm] = useState(false);
  const guessed = file.content_type === null && (file.type === "share" || file.type === "reel");
  if (state !== "show" || src === null) return <NoFile state={state} kind="picture" onRetry={retry} />;
  if (isFilm) return <Film src={src} file={file} key={key} onError={onError} />;
  return (
    <button
      type="button"
      className={styles.picture}
      aria-label={hidden > 0 ? `${label}, ${t("media.more", { count: hidden })}` : label}
      style={isAlone ? boxOf(file) : undefined}
      data-sticker={file.type === "sticker" || undefined}
      onClick={() => showPictures(message, file)}
    >
      <img
        key={key}
        src={src}
        alt={file.name ?? t(file.type === "sticker" ? "media.sticker" : "media.picture")}
        width={file.width ?? undefined}
        height={file.height ?? undefined}
        decoding="async"
        onError={guessed ? () => setFilm(true) : onError}
      />
      {hidden > 0 && (
        <span className={styles.hidden} aria-hidden="true">
          +{hidden}
        </span>
      )}
    </button>
  );
}

const WIDEST = 320;
const HIGHEST = 360;

/** The place that the picture takes once it is there, so that nothing moves then. */
function boxOf({ width, height, type }: Attachment) {
  if (type === "sticker") return { inlineSize: 128, blockSize: 128 };
  if (!width || !height) return { inlineSize: 240, blockSize: 240 };
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  const [wide, high] = [Math.max(96, width * scale), Math.max(64, height * scale)];
  return { inlineSize: wide, aspectRatio: `${String(wide)} / ${String(high)}` };
}

function Other({ message, file }: { message: Message; file: Attachment }) {
  const { src, key, state, onError, retry } = useFile(message.id, file);
  const kind = kindOf(file);
  if (state !== "show" || src === null) return <NoFile state={state} kind={kind} onRetry={retry} />;
  if (kind === "video") return <Film key={key} src={src} file={file} onError={onError} />;
  if (kind === "audio") return <VoiceNote key={key} src={src} onError={onError} />;
  return <FileCard src={src} file={file} />;
}

function Film({ src, file, onError }: { src: string; file: Attachment; onError: () => void }) {
  const { t } = useView();
  return (
    // What a contact filmed has no captions.
    // eslint-disable-next-line jsx-a11y/media-has-caption
    <video
      className={styles.film}
      src={src}
      controls
      playsInline
      preload="metadata"
      aria-label={file.name ?? t("media.video")}
      style={file.width && file.height ? boxOf(file) : undefined}
      onError={onError}
    />
  );
}

function FileCard({ src, file }: { src: string; file: Attachment }) {
  const { t, times } = useView();
  const name = file.name ?? t("media.file");
  const about = [endingOf(file), file.size === null ? null : times.size(file.size)].filter(Boolean);
  return (
    <a className={styles.file} href={src} target="_blank" rel="noreferrer noopener" download={name}>
      <FileText size={26} aria-hidden="true" />
      <span className={styles.fileName}>
        <span>{name}</span>
        {about.length > 0 && <small>{about.join(" · ")}</small>}
      </span>
      <Download size={16} aria-hidden="true" />
      <span className={unseen}>{t("media.download", { name: "" })}</span>
    </a>
  );
}

function endingOf({ name, content_type: type }: Attachment): string | null {
  const known = type === "application/octet-stream" ? null : type;
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name ?? "")?.[1] ?? known?.split("/")[1]?.split(/[.+-]/).at(-1);
  return ending?.toUpperCase() ?? null;
}

interface NoFileProps {
  state: FileState;
  kind: string;
  onRetry: () => void;
}

/** What stands where a file cannot be shown: why, and what can be done. */
export function NoFile({ state, kind, onRetry }: NoFileProps) {
  const { t } = useView();
  if (state === "show") return null;
  const waits = state === "pending" || state === "renewing";
  const Icon = waits ? Hourglass : kind === "picture" ? ImageOff : FileX;
  return (
    <div className={styles.none} data-waits={waits || undefined}>
      <Icon size={20} aria-hidden="true" />
      <span>{t(`media.${state}`)}</span>
      {state === "broken" && (
        <Button size="small" onClick={onRetry}>
          {t("media.again")}
        </Button>
      )}
    </div>
  );
}
