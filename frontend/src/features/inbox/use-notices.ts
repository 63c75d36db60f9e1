import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useEffect, useEffectEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Account, Conversation, LiveEvent, Message } from "@/api/types";
import { keys } from "@/lib/keys";
import { answerOtherTabs, notify, notifyChoice } from "@/lib/notify";
import { useLive } from "@/lib/root";
import { accountName, contactName } from "@/lib/names";
import type { Selected } from "./inbox";
import { messageWords } from "./message-words";

interface News {
  message: Message;
  conversation: Conversation;
}

const TOLD_TOGETHER_MS = 1000;
const NAMED = 3;

/** Tells the agent of messages while the page is hidden, if they want that. */
export function useNotices(onSelect: (selected: Selected) => void): void {
  const { t } = useTranslation("inbox");
  const live = useLive();
  const cache = useQueryClient();
  const tell = useEffectEvent((news: News[]) => showNotices(news, { t, cache, onSelect }));
  useEffect(answerOtherTabs, []);
  useEffect(() => {
    let waiting: News[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = live.listen((events) => {
      if (document.visibilityState === "visible" || notifyChoice() === "off") return;
      waiting.push(...newsOf(events));
      if (waiting.length === 0) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        const told = waiting;
        waiting = [];
        if (document.visibilityState !== "visible") tell(told);
      }, TOLD_TOGETHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [live]);
}

/** What contacts wrote just now; not what was written long ago and is read back. */
export function newsOf(events: LiveEvent[]): News[] {
  return events.flatMap((event) => {
    if (event.type !== "message.created") return [];
    const { message } = event.data;
    return message.direction === "inbound" && !message.imported ? [event.data] : [];
  });
}

interface Means {
  t: TFunction<"inbox">;
  cache: QueryClient;
  onSelect: (selected: Selected) => void;
}

function showNotices(news: News[], means: Means): void {
  const latest = new Map(news.map((each) => [`${each.message.account_id} ${each.message.contact_id}`, each]));
  const choice = notifyChoice();
  if (choice === "off") return;
  if (latest.size > NAMED) showTogether(news, [...latest.values()], means);
  else for (const [tag, each] of latest) showOne(tag, each, choice, means);
}

function showOne(tag: string, { message, conversation }: News, choice: "quiet" | "full", means: Means): void {
  const { t, cache, onSelect } = means;
  const account = cache.getQueryData<Account[]>(keys.accounts)?.find(({ id }) => id === message.account_id);
  const name = contactName(conversation.contact) ?? t("nobody");
  void notify({
    title: account ? t("notices.from", { name, account: accountName(account) }) : name,
    body: choice === "full" ? messageWords(message, t) : t("notices.quietText"),
    tag,
    icon: conversation.contact.profile_picture_url ?? undefined,
    onOpen: () => onSelect({ account: message.account_id, contact: message.contact_id }),
  });
}

function showTogether(news: News[], latest: News[], { t, onSelect }: Means): void {
  const newest = latest.at(-1);
  if (newest === undefined) return;
  const names = latest.map(({ conversation }) => contactName(conversation.contact) ?? t("nobody"));
  const { account_id: account, contact_id: contact } = newest.message;
  const shown = names.slice(0, NAMED).join(", ");
  void notify({
    title: t("notices.many", { count: news.length }),
    body: t("notices.manyText", { names: names.length > NAMED ? `${shown}…` : shown }),
    tag: "many",
    onOpen: () => onSelect({ account, contact }),
  });
}
