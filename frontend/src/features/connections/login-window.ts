const NAME = "meta-inbox-login";
const WIDTH = 640;
const HEIGHT = 760;

/** What the window of a login answers with. */
export type Answer = { completion: string } | { code: string; detail: string };

/**
 * An empty window for Meta's dialog; null when the browser blocks it. It must be opened while the click is
 * handled: a browser takes what comes later for an advertisement.
 */
export function openLoginWindow(words: string): Window | null {
  const left = Math.max(0, globalThis.screenX + (globalThis.outerWidth - WIDTH) / 2);
  const top = Math.max(0, globalThis.screenY + (globalThis.outerHeight - HEIGHT) / 2);
  const place = `popup,width=${String(WIDTH)},height=${String(HEIGHT)},left=${String(left)},top=${String(top)}`;
  const opened = globalThis.open("", NAME, place);
  if (opened === null || opened.closed) return null;
  opened.focus();
  try {
    opened.document.body.textContent = words;
  } catch {
    // It is at Meta already, from a try before this one.
  }
  return opened;
}

/** Where the service sends the browser; it is never a script. */
export function dialogAddress(url: string): URL {
  const address = new URL(url, globalThis.location.href);
  if (!/^https?:$/.test(address.protocol)) throw new Error("the login leads to no web address");
  return address;
}

/** Tells what the login's window says, and nobody else. `from`: that window, where we know it. */
export function listenToLogin(
  origins: () => readonly string[],
  from: () => Window | null,
  tell: (answer: Answer) => void,
): () => void {
  const listen = ({ origin, source, data }: MessageEvent<unknown>) => {
    const expected = from();
    if (!origins().includes(origin) || (expected !== null && source !== expected)) return;
    const answer = answerIn(data);
    if (answer !== null) tell(answer);
  };
  globalThis.addEventListener("message", listen);
  return () => globalThis.removeEventListener("message", listen);
}

function answerIn(data: unknown): Answer | null {
  if (typeof data !== "object" || data === null) return null;
  const { source, type, completion, code, detail } = data as Record<string, unknown>;
  if (source !== "meta-inbox") return null;
  if (type === "oauth.authorized" && typeof completion === "string") return { completion };
  if (type === "oauth.failed" && typeof code === "string") {
    return { code, detail: typeof detail === "string" ? detail : "" };
  }
  return null;
}
