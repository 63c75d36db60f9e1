const KEPT = "meta-inbox.emoji";
const MOST = 16;

export function recentEmojis(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function rememberEmoji(unicode: string): void {
  try {
    const kept = [unicode, ...recentEmojis().filter((each) => each !== unicode)].slice(0, MOST);
    localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing shows none of them next time.
  }
}
