import { keep, readKept } from "@/lib/kept";

const KEPT = "meta-inbox.emoji";
const MOST = 16;

export function recentEmojis(): string[] {
  try {
    const kept: unknown = JSON.parse(readKept(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function rememberEmoji(unicode: string): void {
  const kept = [unicode, ...recentEmojis().filter((each) => each !== unicode)].slice(0, MOST);
  keep(KEPT, JSON.stringify(kept));
}
