import { forTheTab, keep, readKept } from "@/lib/kept";
import { randomKey } from "@/lib/random-key";

const CHANNEL = "meta-inbox.login";
const CLAIMED_WITHIN_MS = 600;

interface Word {
  type: "offer" | "claim" | "given";
  /** Of the tab that has a completion. */
  offer: string;
  /** Of the tab that waits for one. */
  claim?: string;
  completion?: string;
}

/**
 * Gives the completion to a tab that waits for it: Meta's pages may have cut the tie between the window of the
 * login and the one that opened it. False when no tab waits.
 */
export function handOver(completion: string): Promise<boolean> {
  if (typeof BroadcastChannel === "undefined") return Promise.resolve(false);
  const channel = new BroadcastChannel(CHANNEL);
  const offer = randomKey();
  return new Promise((resolve) => {
    const end = (given: boolean) => {
      clearTimeout(late);
      channel.close();
      resolve(given);
    };
    const late = setTimeout(() => end(false), CLAIMED_WITHIN_MS);
    channel.onmessage = ({ data }: MessageEvent<Word>) => {
      if (data.type !== "claim" || data.offer !== offer) return;
      channel.postMessage({ ...data, type: "given", completion } satisfies Word);
      end(true);
    };
    channel.postMessage({ type: "offer", offer } satisfies Word);
  });
}

/** Waits for a completion that another tab has; one only. */
export function awaitHandover(take: (completion: string) => void): () => void {
  if (typeof BroadcastChannel === "undefined") return () => undefined;
  const channel = new BroadcastChannel(CHANNEL);
  const claim = randomKey();
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.type === "offer") {
      channel.postMessage({ type: "claim", offer: data.offer, claim } satisfies Word);
    }
    if (data.type === "given" && data.claim === claim && data.completion !== undefined) {
      channel.close();
      take(data.completion);
    }
  };
  return () => channel.close();
}

const LEFT = "meta-inbox.login-in-this-tab";

/** Remembers that this very tab goes through the login, so that what it comes back with is its own. */
export function leaveForLogin(address: URL): void {
  // A browser that keeps nothing asks the other tabs, and none of them waits.
  keep(LEFT, "1", forTheTab);
  globalThis.location.assign(address);
}

export function cameBackFromLogin(): boolean {
  const left = readKept(LEFT, forTheTab) !== null;
  keep(LEFT, null, forTheTab);
  return left;
}
