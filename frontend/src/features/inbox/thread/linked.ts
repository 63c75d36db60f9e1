export type Piece = { text: string } | { text: string; href: string };

const ADDRESS = /https?:\/\/[^\s<>"'`\u200b-\u200f\u202a-\u202e\u2060-\u2069]+/gi;
const ENDS = /[.,;:!?…»”’*_~]+$/;

/** The text with the web addresses in it apart; only http and https, and nothing that hides where it leads. */
export function linked(text: string): Piece[] {
  if (!/https?:\/\//i.test(text)) return [{ text }];
  const pieces: Piece[] = [];
  let done = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = trimmed(found[0]);
    const href = hrefOf(address);
    if (href === null) continue;
    if (found.index > done) pieces.push({ text: text.slice(done, found.index) });
    pieces.push({ text: address, href });
    done = found.index + address.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

/** Without what belongs to the sentence around it: a full stop, a bracket that was opened before it. */
function trimmed(address: string): string {
  let left = address.replace(ENDS, "");
  for (const [open, close] of ["()", "[]", "{}"].map((pair) => [...pair])) {
    while (left.endsWith(close ?? "") && count(left, close) > count(left, open))
      left = left.slice(0, -1).replace(ENDS, "");
  }
  return left;
}

const count = (text: string, sign = ""): number => text.split(sign).length - 1;

function hrefOf(address: string): string | null {
  try {
    const url = new URL(address);
    const plain = url.username === "" && url.password === "" && url.hostname !== "";
    return plain && (url.protocol === "https:" || url.protocol === "http:") ? url.href : null;
  } catch {
    return null;
  }
}

// By its constructor: the compiler's target does not know the flag that every browser of ours does.
const EMOJI = new RegExp("^(?:\\p{RGI_Emoji}\\s*){1,6}$", "v");

/** Whether a text is a few emoji and nothing else. */
export const isEmojiOnly = (text: string): boolean => text.length <= 80 && EMOJI.test(text.trim());
