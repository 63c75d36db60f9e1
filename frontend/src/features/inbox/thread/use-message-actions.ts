import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/errors";
import type { Message } from "@/api/types";
import { useVoice } from "@/components/announcer";
import { useErrorWords } from "@/components/error-words";
import { keys } from "@/lib/keys";
import { putMessages } from "@/lib/live-cache";
import type { MessagePages } from "@/lib/pages";
import { useClient } from "@/lib/root";
import { emojiOf, nameOf } from "./reaction-names";
import { messageIn } from "./rows";

/** What can be done with one message at the service; each shows its outcome in the list. */
export function useMessageActions(account: string, contact: string) {
  const client = useClient();
  const cache = useQueryClient();
  const { toast, announce } = useVoice();
  const { t } = useTranslation("thread");
  const words = useErrorWords();
  return useMemo(() => {
    const at = (message: Message) => ({ account, contact, message: message.id });
    const put = (message: Message) => putMessages(cache, [message]);
    const failed = (error: unknown) => {
      const kept = error instanceof ApiProblem ? error.problem.message : undefined;
      if (kept) put(kept);
      toast(words(error), "danger");
    };
    return {
      react: async (message: Message, reaction: string | null) => {
        const before = message.reactions.find(({ by }) => by === "account");
        put(reacted(newest(cache, message), reaction));
        try {
          await (reaction === null ? client.unreact(at(message)) : client.react(at(message), reaction));
        } catch (error) {
          put(reacted(newest(cache, message), before?.emoji ?? before?.reaction ?? null));
          failed(error);
        }
      },
      check: async (message: Message) => {
        try {
          const found = await client.check(at(message));
          put(found);
          if (found.status === "unknown") toast(t("unknown.still"));
          else announce(t("unknown.settled"));
        } catch (error) {
          failed(error);
        }
      },
      resend: async (message: Message) => {
        try {
          put(await client.resend(at(message)));
        } catch (error) {
          failed(error);
        }
      },
      hide: async (message: Message, hidden: boolean) => {
        try {
          await client.hideComment(at(message), hidden);
          const now = newest(cache, message);
          put({ ...now, details: { ...now.details, hidden } as unknown as Message["details"] });
          toast(t(hidden ? "comment.isHidden" : "comment.isShown"));
        } catch (error) {
          failed(error);
        }
      },
    };
  }, [account, contact, client, cache, toast, announce, t, words]);
}

/** The message as it is known by now: what was done to it meanwhile stays. */
function newest(cache: QueryClient, message: Message): Message {
  const pages = cache.getQueryData<MessagePages>(keys.messages(message.account_id, message.contact_id));
  return (pages && messageIn(pages.pages, message.id)) ?? message;
}

/** The message with the account's reaction, or without one. */
export function reacted(message: Message, reaction: string | null): Message {
  const others = message.reactions.filter(({ by }) => by !== "account");
  if (reaction === null) return { ...message, reactions: others };
  const own = {
    by: "account",
    reaction: nameOf(reaction),
    emoji: emojiOf(reaction),
    at: new Date().toISOString(),
  };
  return { ...message, reactions: [...others, own] };
}
