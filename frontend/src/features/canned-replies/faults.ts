import { ApiProblem } from "@/api/errors";
import { unknownField } from "@/lib/canned-fields";
import { lengthOf } from "@/lib/surface";

export const LONGEST_TEXT = 2000;
const SHORTCUT = /^[\p{L}\p{Nd}_-]+$/u;
const LONGEST_SHORTCUT = 32;

export type ShortcutFault = "shortcut_empty" | "shortcut_invalid" | "shortcut_taken";
export type TextFault = "text_empty" | "text_too_long" | "unknown_field";

interface Known {
  id: string;
  shortcut: string;
}

/** What the service would have against the shortcut; `own`: the id of the reply that is changed. */
export function shortcutFault(given: string, replies: Known[], own: string | null): ShortcutFault | null {
  const shortcut = given.normalize("NFC");
  if (shortcut === "") return "shortcut_empty";
  if (!SHORTCUT.test(shortcut) || lengthOf(shortcut, "characters") > LONGEST_SHORTCUT)
    return "shortcut_invalid";
  const same = (other: string) => other.toLowerCase() === shortcut.toLowerCase();
  return replies.some((each) => each.id !== own && same(each.shortcut)) ? "shortcut_taken" : null;
}

export function textFault(text: string): TextFault | null {
  if (text.trim() === "") return "text_empty";
  if (lengthOf(text, "characters") > LONGEST_TEXT) return "text_too_long";
  return unknownField(text) === null ? null : "unknown_field";
}

/** What the service said of one of the fields: somebody else may have been quicker. */
export function told(error: unknown): {
  shortcut: ShortcutFault | null;
  text: TextFault | null;
  other: unknown;
} {
  const code = error instanceof ApiProblem ? error.code : null;
  const ofShortcut = code === "shortcut_invalid" || code === "shortcut_taken" ? code : null;
  const ofText = code === "text_empty" || code === "text_too_long" || code === "unknown_field" ? code : null;
  return { shortcut: ofShortcut, text: ofText, other: (ofShortcut ?? ofText) ? null : error };
}
