import type { QueryClient } from "@tanstack/react-query";
import type { Message } from "@/api/types";
import { keys } from "./keys";
import { putMessages } from "./live-cache";
import type { MessagePages } from "./pages";

/** How far a message of ours is. */
const STEPS = ["queued", "sending", "unknown", "failed", "sent", "delivered", "read"];

/**
 * The answer to a send, put into its conversation. The live connection may have told more already, and the same
 * key is answered as the first time, however long ago that was: what is known further stays.
 */
export function putAnswer(cache: QueryClient, answer: Message): void {
  const pages = cache.getQueryData<MessagePages>(keys.messages(answer.account_id, answer.contact_id));
  const known = pages?.pages.flatMap(({ messages }) => messages).find(({ id }) => id === answer.id);
  const further = known && STEPS.indexOf(known.status) >= STEPS.indexOf(answer.status);
  if (!further) putMessages(cache, [answer]);
}
