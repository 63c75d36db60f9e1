import { useCallback } from "react";
import { useNavigate, useParams } from "react-router";
import { Inbox, type Selected } from "@/features/inbox/inbox";

/** The inbox, with what is selected in the address. */
export function InboxRoute() {
  const { account, contact } = useParams();
  const navigate = useNavigate();
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
