import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Account, Conversation } from "@/api/types";
import { useLocale } from "@/lib/root";
import { useMe } from "@/lib/session";
import { platformOf, useSurface } from "@/lib/surface";
import { dayOf } from "./sequence";
import type { ThreadView } from "./thread-context";
import { timesOf } from "./times";

const SENDABLE = new Set(["active", "expiring"]);
const NONE: readonly string[] = [];

/** What every row is to know: the same object until something of it changes. */
export function useThreadView(account: Account, conversation: Conversation): ThreadView {
  const { t, i18n } = useTranslation(["thread", "common"]);
  const locale = useLocale();
  const { data: me } = useMe();
  const { data: surface } = useSurface(account);
  const today = useToday();
  const { contact_id: contact, account_id: id, kind } = conversation;
  const { name, username } = conversation.contact;
  const called = name ?? (username === null ? t("nameless") : `@${username}`);
  const maySend = me?.scopes.includes("messages:send") ?? false;
  const platform = platformOf(account);
  const isComments = kind === "comments";
  const mayReact = maySend && !isComments && conversation.window.open && SENDABLE.has(account.status);
  const reactions = mayReact && surface ? surface.extras.reactions : NONE;
  return useMemo(
    () => ({
      t: t as ThreadView["t"],
      cancel: t("common:cancel"),
      say: (group, each) => {
        const key = `${group}.${each ?? ""}`;
        return each !== null && i18n.exists(key, { ns: "thread" }) ? t(key as "types.text") : null;
      },
      locale,
      times: timesOf(locale),
      account: id,
      contact,
      name: called,
      platform,
      isComments,
      me: me?.user_id ?? null,
      maySend,
      reactions,
      surface: surface ?? null,
      today,
    }),
    [
      t,
      i18n,
      locale,
      id,
      contact,
      called,
      platform,
      isComments,
      me?.user_id,
      maySend,
      reactions,
      surface,
      today,
    ],
  );
}

/** Today's number, which is another one after midnight. */
function useToday(): number {
  const [today, setToday] = useState(() => dayOf(Date.now()));
  useEffect(() => {
    const midnight = new Date().setHours(24, 0, 0, 500);
    const timer = setTimeout(() => setToday(dayOf(Date.now())), midnight - Date.now());
    return () => clearTimeout(timer);
  }, [today]);
  return today;
}
