import { Inbox as InboxIcon, MailCheck, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/state";
import type { ConversationFilter } from "@/lib/keys";

/** Nothing is listed: why, and the way back to everything. */
export function ListEmpty({
  filter: { q, unread },
  onShowAll,
}: {
  filter: ConversationFilter;
  onShowAll: () => void;
}) {
  const { t } = useTranslation("inbox");
  if (q !== "")
    return (
      <EmptyState icon={<SearchX size={22} aria-hidden="true" />} title={t("empty.found", { q })}>
        <p>{t("empty.foundText")}</p>
        <Button onClick={onShowAll}>{t("empty.showAll")}</Button>
      </EmptyState>
    );
  if (unread)
    return (
      <EmptyState icon={<MailCheck size={22} aria-hidden="true" />} title={t("empty.unread")}>
        <p>{t("empty.unreadText")}</p>
        <Button onClick={onShowAll}>{t("empty.showAll")}</Button>
      </EmptyState>
    );
  return (
    <EmptyState icon={<InboxIcon size={22} aria-hidden="true" />} title={t("empty.conversations")}>
      <p>{t("empty.conversationsText")}</p>
    </EmptyState>
  );
}
