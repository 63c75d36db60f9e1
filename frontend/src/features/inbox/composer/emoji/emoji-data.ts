import type { Locale } from "@/lib/i18n";
import { plain } from "@/lib/plain";

/** What is used of emojibase's compact data. */
interface CompactEmoji {
  unicode: string;
  label: string;
  tags?: string[];
  group?: number;
  order?: number;
}

export interface Emoji {
  unicode: string;
  label: string;
  /** All that it is found by. */
  words: string;
}

/** Emojibase's numbers of the groups that people choose from; 2 holds parts of emojis. */
export const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const;
export type Group = (typeof GROUPS)[number];

export type EmojiData = Map<Group, Emoji[]>;

/** The emojis by group, named in the agent's language. */
export async function emojisIn(locale: Locale): Promise<EmojiData> {
  const { default: all } =
    locale === "en"
      ? await import("emojibase-data/en/compact.json")
      : await import("emojibase-data/pt/compact.json");
  return grouped(all);
}

export function grouped(all: CompactEmoji[]): EmojiData {
  const ordered = all.toSorted((one, other) => (one.order ?? 0) - (other.order ?? 0));
  return new Map(
    GROUPS.map((group) => [group, ordered.filter((each) => each.group === group).map(asEmoji)] as const),
  );
}

const asEmoji = ({ unicode, label, tags }: CompactEmoji): Emoji => ({
  unicode,
  label,
  words: plain([label, ...(tags ?? [])].join(" ")),
});

const MOST_FOUND = 96;

/** The emojis that all the words of the search are found in, those that begin so first. */
export function searched(data: EmojiData, search: string): Emoji[] {
  const sought = plain(search).split(/\s+/).filter(Boolean);
  const first = sought[0];
  if (first === undefined) return [];
  const found = [...data.values()].flat().filter(({ words }) => sought.every((word) => words.includes(word)));
  const begins = ({ words }: Emoji) => (words.startsWith(first) ? 0 : words.includes(` ${first}`) ? 1 : 2);
  return found.toSorted((one, other) => begins(one) - begins(other)).slice(0, MOST_FOUND);
}
