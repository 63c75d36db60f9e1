const NAMED: Record<string, string> = {
  love: "\u2764\ufe0f",
  like: "\u{1f44d}",
  dislike: "\u{1f44e}",
  smile: "\u{1f606}",
  wow: "\u{1f62e}",
  sad: "\u{1f622}",
  angry: "\u{1f620}",
};

/** Meta's names of reactions. */
export const REACTIONS = Object.keys(NAMED);
export const emojiOf = (reaction: string): string => NAMED[reaction] ?? reaction;
export const nameOf = (reaction: string): string =>
  REACTIONS.find((each) => each === reaction || NAMED[each] === reaction) ?? "other";
