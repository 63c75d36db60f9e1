import { useState } from "react";
import { PlatformIcon } from "./platform-icon";
import styles from "./avatar.module.css";

interface AvatarProps {
  /** Ours, never Meta's own address. */
  picture: string | null;
  /** Whose: its first letters stand where there is no picture. */
  name: string;
  size?: number;
  platform?: string;
}

/** A picture of somebody; it says nothing that the name beside it does not. */
export function Avatar({ picture, name, size = 44, platform }: AvatarProps) {
  const [broken, setBroken] = useState<string | null>(null);
  const shown = picture !== null && picture !== broken;
  return (
    <span
      className={styles.avatar}
      style={{ inlineSize: size, blockSize: size, fontSize: size * 0.38 }}
      aria-hidden="true"
    >
      {shown ? (
        <img
          src={picture}
          alt=""
          className={styles.picture}
          onError={() => setBroken(picture)}
          loading="lazy"
        />
      ) : (
        <span className={styles.letters} data-hue={hueOf(name)}>
          {lettersOf(name)}
        </span>
      )}
      {platform && (
        <span className={styles.platform}>
          <PlatformIcon platform={platform} size={Math.max(12, size * 0.34)} />
        </span>
      )}
    </span>
  );
}

function lettersOf(name: string): string {
  const words = name
    .replace(/^@/, "")
    .split(/[\s._-]+/)
    .filter(Boolean);
  const first = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? "")][0] ?? "",
  );
  return first.join("").toLocaleUpperCase() || "?";
}

const hueOf = (name: string): number =>
  [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 6, 7) % 6;
