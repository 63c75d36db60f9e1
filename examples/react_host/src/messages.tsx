import { Inbox } from "@meta-inbox/react";
import { useNavigate, useParams } from "react-router";
import { inboxClient } from "./inbox-client";

/** The inbox inside the CRM, with what is open in the CRM's own addresses. */
export function Messages() {
  const { account, contact } = useParams();
  const navigate = useNavigate();
  return (
    <div className="fill" id="messages">
      <Inbox
        client={inboxClient}
        locale="pt-BR"
        theme="light"
        selected={account && contact ? { account, contact } : null}
        onSelect={(at) => void navigate(at ? `/messages/${at.account}/${encodeURIComponent(at.contact)}` : "/messages")}
        onReconnect={() => void navigate("/settings")}
      />
    </div>
  );
}
