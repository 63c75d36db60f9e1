import { useEffect, useEffectEvent } from "react";
import { useTranslation } from "react-i18next";
import { useVoice } from "@/components/announcer";
import { useLive } from "@/lib/root";
import { contactName } from "@/lib/names";
import type { Selected } from "./inbox";
import { messageWords } from "./message-words";
import { newsOf } from "./use-notices";

const TOLD_TOGETHER_MS = 1500;

/** Reads out what is new in the open conversation, and only how much when it comes fast. */
export function useSpokenNews(selected: Selected | null): void {
  const { t } = useTranslation("inbox");
  const { announce } = useVoice();
  const live = useLive();
  const say = useEffectEvent((news: ReturnType<typeof newsOf>) => {
    const last = news.at(-1);
    if (last === undefined) return;
    const name = contactName(last.conversation.contact) ?? t("nobody");
    const text = messageWords(last.message, t);
    announce(
      news.length === 1 ? t("said.one", { name, text }) : t("said.several", { name, count: news.length }),
    );
  });
  const account = selected?.account;
  const contact = selected?.contact;
  useEffect(() => {
    if (account === undefined) return undefined;
    let waiting: ReturnType<typeof newsOf> = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = live.listen((events) => {
      const news = newsOf(events).filter(
        ({ message }) => message.account_id === account && message.contact_id === contact,
      );
      if (news.length === 0) return;
      waiting.push(...news);
      timer ??= setTimeout(() => {
        timer = undefined;
        say(waiting);
        waiting = [];
      }, TOLD_TOGETHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [live, account, contact]);
}
