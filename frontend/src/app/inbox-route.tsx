import { useCallback, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { Inbox, type Selected } from "@/features/inbox/inbox";
import { useUnreadTotal } from "@/features/inbox/use-unread-total";

/** The inbox, with what is selected in the address and what is unread in the title. */
export function InboxRoute() {
  const { account, contact } = useParams();
  const navigate = useNavigate();
  useTitle();
  const select = useCallback(
    (selected: Selected | null) =>
      void navigate(
        selected === null ? "/inbox" : `/inbox/${selected.account}/${encodeURIComponent(selected.contact)}`,
      ),
    [navigate],
  );
  return (
    <Inbox
      selected={account && contact ? { account, contact } : null}
      onSelect={select}
      onReconnect={() => void navigate("/connections")}
    />
  );
}

function useTitle(): void {
  const { t } = useTranslation("inbox");
  const unread = useUnreadTotal();
  const title = unread === "" ? t("pageTitle") : t("pageTitleUnread", { unread });
  useEffect(() => {
    document.title = title;
    return () => {
      document.title = "meta-inbox";
    };
  }, [title]);
}
