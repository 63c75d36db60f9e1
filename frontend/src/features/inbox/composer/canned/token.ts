import { plain } from "@/lib/plain";

/** The word after a slash that the caret stands behind, and where it begins; null: there is none. */
export interface Token {
  start: number;
  end: number;
  word: string;
}

const BEFORE_CARET = /(?:^|\s)\/([\p{L}\p{M}\p{N}_-]{0,32})$/u;

export function tokenAt(text: string, caret: number): Token | null {
  const found = BEFORE_CARET.exec(text.slice(0, caret));
  if (found === null) return null;
  const word = found[1] ?? "";
  return { start: caret - word.length - 1, end: caret, word };
}

interface Reply {
  shortcut: string;
  text: string;
}

/** The replies that the word can mean: by the beginning of their shortcut first, then by what is in them. */
export function matching<T extends Reply>(replies: T[], word: string, most = 8): T[] {
  const sought = plain(word);
  const rank = ({ shortcut, text }: T): number => {
    const short = plain(shortcut);
    if (short.startsWith(sought)) return 0;
    if (short.includes(sought)) return 1;
    return sought.length > 1 && plain(text).includes(sought) ? 2 : 3;
  };
  return replies
    .map((reply) => ({ reply, rank: rank(reply) }))
    .filter((each) => each.rank < 3)
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, most)
    .map(({ reply }) => reply);
}

/** The text with the reply in the word's place, and where the caret then stands. */
export function inserted(
  text: string,
  { start, end }: Token,
  reply: string,
): { text: string; caret: number } {
  return { text: text.slice(0, start) + reply + text.slice(end), caret: start + reply.length };
}
