import { memo, useState } from "react";
import { isEmojiOnly, linked } from "./linked";
import { useView } from "./thread-context";
import styles from "./bubble.module.css";

const LONG = 1800;
const SHORT = 1200;

/** What somebody wrote: addresses in it can be opened, and nothing in it is anything but text. */
export const MessageText = memo(function MessageText({ text }: { text: string }) {
  const { t } = useView();
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > LONG;
  const shown = isLong && !isWhole ? `${text.slice(0, SHORT).trimEnd()}…` : text;
  return (
    <>
      <p className={styles.text} dir="auto" data-big={isEmojiOnly(text) || undefined}>
        {linked(shown).map((piece, at) =>
          "href" in piece ? (
            <a key={at} href={piece.href} target="_blank" rel="noreferrer noopener nofollow">
              {piece.text}
            </a>
          ) : (
            piece.text
          ),
        )}
      </p>
      {isLong && (
        <button type="button" className={styles.more} onClick={() => setWhole(!isWhole)}>
          {t(isWhole ? "text.less" : "text.more")}
        </button>
      )}
    </>
  );
});
