import { CircleDashed, ExternalLink } from "lucide-react";
import { useState } from "react";
import type { Message } from "@/api/types";
import { NoFile } from "./media";
import { useView } from "./thread-context";
import { useFile } from "./use-file";
import styles from "./media.module.css";

/** The story that a message is about, while it lives. */
export function StoryCard({ message }: { message: Message }) {
  const { t } = useView();
  const { story, direction } = message;
  if (!story) return null;
  const ours = direction === "outbound";
  const words =
    story.kind === "reply"
      ? t(ours ? "story.replyOut" : "story.reply")
      : story.kind === "mention"
        ? t(ours ? "story.mentionOut" : "story.mention")
        : t(story.kind === "share" ? "story.share" : "story.other");
  return (
    <div className={styles.story}>
      <p className={styles.about}>
        <CircleDashed size={15} aria-hidden="true" />
        {words}
      </p>
      {story.expired ? (
        <p className={styles.faint}>{t("story.expired")}</p>
      ) : story.url === null || story.url === undefined ? (
        <p className={styles.faint}>{t("story.none")}</p>
      ) : (
        <StoryFile message={message} url={story.url} />
      )}
    </div>
  );
}

/** A story is a picture or a film, and nobody says which; nor for how long it lives. */
function StoryFile({ message, url }: { message: Message; url: string }) {
  const { t } = useView();
  const { src, key, state, onError, retry } = useFile(message.id, { url, state: "stored" });
  const [isFilm, setFilm] = useState(false);
  if (state === "broken") return <p className={styles.faint}>{t("story.none")}</p>;
  if (state !== "show" || src === null) return <NoFile state={state} kind="picture" onRetry={retry} />;
  if (isFilm) {
    return (
      // A story has no captions of its own.
      // eslint-disable-next-line jsx-a11y/media-has-caption
      <video
        key={key}
        className={styles.storyFile}
        src={src}
        controls
        playsInline
        preload="metadata"
        aria-label={t("story.picture")}
        onError={onError}
      />
    );
  }
  return (
    <a
      className={styles.storyFile}
      href={src}
      target="_blank"
      rel="noreferrer noopener"
      aria-label={t("lightbox.open")}
    >
      <img key={key} src={src} alt={t("story.picture")} decoding="async" onError={() => setFilm(true)} />
      <ExternalLink size={15} aria-hidden="true" className={styles.corner} />
    </a>
  );
}
