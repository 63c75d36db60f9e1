import { useSyncExternalStore } from "react";
import { keep, readKept } from "./kept";

/** Whether the agent is told of messages while the page is hidden, and whether their text is shown. */
export type NotifyChoice = "off" | "quiet" | "full";

export interface Notice {
  title: string;
  body: string;
  /** A later notice with the same tag takes the place of an earlier one. */
  tag: string;
  icon?: string | undefined;
  onOpen: () => void;
}

const KEPT = "meta-inbox.notify";
const ONE_IS_SEEN_WITHIN_MS = 150;
const watchers = new Set<() => void>();

export const canNotify = (): boolean => "Notification" in globalThis;

/** What the agent chose, as far as the browser allows it. */
export function notifyChoice(): NotifyChoice {
  if (!canNotify() || Notification.permission !== "granted") return "off";
  const kept = readKept(KEPT);
  return kept === "quiet" || kept === "full" ? kept : "off";
}

/** Keeps the choice. Asks for permission where that is needed, so only on a press; false: the browser refuses. */
export async function chooseNotify(choice: NotifyChoice): Promise<boolean> {
  if (choice !== "off" && !(canNotify() && (await Notification.requestPermission()) === "granted"))
    return false;
  keep(KEPT, choice);
  for (const tell of watchers) tell();
  return true;
}

export const useNotifyChoice = (): NotifyChoice => useSyncExternalStore(watch, notifyChoice);

/** Shows it, unless another tab of ours is looked at. */
export async function notify({ title, body, tag, icon, onOpen }: Notice): Promise<void> {
  if (await isSeenElsewhere()) return;
  try {
    const notification = new Notification(title, { body, tag, ...(icon ? { icon } : {}) });
    notification.onclick = () => {
      globalThis.focus();
      notification.close();
      onOpen();
    };
  } catch {
    // Some phones have the name and show none that a page makes.
  }
}

/** Answers other tabs that ask whether anybody looks at one of them. */
export function answerOtherTabs(): () => void {
  const channel = openChannel();
  if (channel === null) return () => undefined;
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === "seen?" && document.visibilityState === "visible") channel.postMessage("seen");
  };
  return () => channel.close();
}

function isSeenElsewhere(): Promise<boolean> {
  const channel = openChannel();
  if (channel === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (seen: boolean) => {
      clearTimeout(late);
      channel.close();
      resolve(seen);
    };
    const late = setTimeout(() => end(false), ONE_IS_SEEN_WITHIN_MS);
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data === "seen") end(true);
    };
    channel.postMessage("seen?");
  });
}

const openChannel = (): BroadcastChannel | null =>
  "BroadcastChannel" in globalThis ? new BroadcastChannel("meta-inbox.seen") : null;

function watch(tell: () => void): () => void {
  watchers.add(tell);
  globalThis.addEventListener("storage", tell);
  return () => {
    watchers.delete(tell);
    globalThis.removeEventListener("storage", tell);
  };
}
