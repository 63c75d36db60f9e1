import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/state";
import { SearchBox } from "@/components/search-box";
import { Spinner } from "@/components/spinner";
import { useLocale } from "@/lib/root";
import { emojisIn, GROUPS, searched, type Emoji, type EmojiData, type Group } from "./emoji-data";
import { EmojiGrid } from "./emoji-grid";
import { recentEmojis, rememberEmoji } from "./recents";
import styles from "./emoji-picker.module.css";

const SIGNS: Record<Group | "recent", string> = {
  recent: "🕘",
  0: "😀",
  1: "👋",
  3: "🐶",
  4: "🍔",
  5: "✈️",
  6: "⚽",
  7: "💡",
  8: "❤️",
  9: "🏁",
};

type Shown = Group | "recent";

interface EmojiPickerProps {
  onChoose: (unicode: string) => void;
  onClose: () => void;
}

/** Emojis by group and by search; it stays open, as people often want several. */
export default function EmojiPicker({ onChoose, onClose }: EmojiPickerProps) {
  const { t } = useTranslation("composer");
  const { data, error, load } = useEmojis();
  const [search, setSearch] = useState("");
  const [recent] = useState(recentEmojis);
  const [shown, setShown] = useState<Shown>(recent.length > 0 ? "recent" : 0);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.querySelector("input")?.focus(), []);
  const emojis = useMemo(
    () => (data ? choiceOf(data, search, shown, recent) : []),
    [data, search, shown, recent],
  );
  const choose = ({ unicode }: Emoji) => {
    rememberEmoji(unicode);
    onChoose(unicode);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  };
  const groups: Shown[] = recent.length > 0 ? ["recent", ...GROUPS] : [...GROUPS];
  const label = search === "" ? t(`emoji.groups.${shown}`) : t("emoji.found", { count: emojis.length });
  return (
    // The keys are those of what is inside it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={place}
      role="dialog"
      aria-label={t("emoji.title")}
      className={styles.picker}
      onKeyDown={onKeyDown}
    >
      <SearchBox
        label={t("emoji.search")}
        size="small"
        value={search}
        onChange={setSearch}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (search !== "" && emojis[0]) choose(emojis[0]);
        }}
      />
      <div role="group" aria-label={t("emoji.groupsLabel")} className={styles.groups}>
        {groups.map((group) => (
          <button
            key={group}
            type="button"
            className={styles.group}
            aria-pressed={search === "" && group === shown}
            aria-label={t(`emoji.groups.${group}`)}
            title={t(`emoji.groups.${group}`)}
            onClick={() => {
              setSearch("");
              setShown(group);
            }}
          >
            {SIGNS[group]}
          </button>
        ))}
      </div>
      <p className={styles.label} role="status">
        {label}
      </p>
      {error !== null && <ErrorState error={error} onRetry={load} />}
      {!data && error === null && <Spinner label={t("emoji.loading")} />}
      {data && (
        <EmojiGrid key={search === "" ? shown : "search"} label={label} emojis={emojis} onChoose={choose} />
      )}
    </div>
  );
}

function choiceOf(data: EmojiData, search: string, shown: Shown, recent: string[]): Emoji[] {
  if (search !== "") return searched(data, search);
  if (shown !== "recent") return data.get(shown) ?? [];
  const all = new Map([...data.values()].flat().map((emoji) => [emoji.unicode, emoji]));
  return recent.flatMap((unicode) => all.get(unicode) ?? []);
}

function useEmojis() {
  const locale = useLocale();
  const [data, setData] = useState<EmojiData | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let wanted = true;
    emojisIn(locale).then(
      (emojis) => {
        if (wanted) setData(emojis);
      },
      (failed: unknown) => {
        if (wanted) setError(failed);
      },
    );
    return () => {
      wanted = false;
    };
  }, [locale, tries]);
  const load = () => {
    setError(null);
    setTries((before) => before + 1);
  };
  return { data, error, load };
}
