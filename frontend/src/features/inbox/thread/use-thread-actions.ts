import { useCallback, useMemo, useRef, useState, useEffect } from "react";
import type { Attachment, Message } from "@/api/types";
import { useVoice } from "@/components/announcer";
import { messageIn } from "./rows";
import type { ThreadActions, ThreadView } from "./thread-context";
import { useMessageActions } from "./use-message-actions";
import type { useMessages } from "./use-messages";

export type OpenDialog =
  | { kind: "details"; message: Message }
  | { kind: "resend"; message: Message }
  | { kind: "pictures"; message: Message; picture: Attachment }
  | { kind: "answer"; message: Message; way: "public" | "private" };

const MOST_PAGES_BACK = 20;

/** Everything that can be done from a row, as functions that stay the same. */
export function useThreadActions(
  { t, account, contact }: ThreadView,
  { query, freshen }: ReturnType<typeof useMessages>,
  onReply: (message: Message) => void,
) {
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [wanted, setWanted] = useState<{ id: string } | null>(null);
  const { toast } = useVoice();
  const { react, check, resend, hide } = useMessageActions(account, contact);
  const now = useRef({ query, onReply });
  useEffect(() => {
    now.current = { query, onReply };
  });

  const jumpTo = useCallback(
    async (id: string) => {
      let { data, hasNextPage } = now.current.query;
      for (let page = 0; data && !messageIn(data.pages, id); page += 1) {
        if (!hasNextPage || page === MOST_PAGES_BACK) {
          toast(t("quote.notFound"));
          return;
        }
        const read = await now.current.query.fetchNextPage({ cancelRefetch: false });
        if (read.isError) return;
        ({ data, hasNextPage } = read);
      }
      setWanted({ id });
    },
    [t, toast],
  );

  const actions = useMemo<ThreadActions>(
    () => ({
      reply: (message) => now.current.onReply(message),
      react: (message, reaction) => void react(message, reaction),
      jumpTo: (id) => void jumpTo(id),
      showPictures: (message, picture) => setDialog({ kind: "pictures", message, picture }),
      showDetails: (message) => setDialog({ kind: "details", message }),
      copy: (text) => {
        // Without a secure page there is no clipboard at all.
        const copied =
          (navigator.clipboard as Clipboard | undefined)?.writeText(text) ?? Promise.reject(new Error());
        copied.then(
          () => toast(t("menu.copied")),
          () => toast(t("menu.notCopied"), "danger"),
        );
      },
      check,
      resend: (message) => {
        if (message.status === "unknown") setDialog({ kind: "resend", message });
        else void resend(message);
      },
      resendNow: resend,
      answer: (message, way) => setDialog({ kind: "answer", message, way }),
      hide: (message, hidden) => void hide(message, hidden),
      freshen,
    }),
    [react, check, resend, hide, jumpTo, freshen, t, toast],
  );
  const close = useCallback(() => setDialog(null), []);
  return { actions, dialog, close, wanted };
}
