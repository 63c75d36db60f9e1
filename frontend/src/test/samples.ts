import type { Account, Conversation, Message } from "@/api/types";

/** A message that Ana's contact wrote, but for what is said otherwise. */
export function messageOf(over: Partial<Message> = {}): Message {
  return {
    id: "0190-1",
    account_id: "a1",
    contact_id: "c1",
    message_id: "m_1",
    direction: "inbound",
    type: "text",
    text: "Vocês entregam hoje?",
    attachments: [],
    buttons: [],
    quick_reply: null,
    postback: null,
    reply_to: null,
    story: null,
    referral: null,
    reactions: [],
    edits: [],
    details: null,
    standby: false,
    status: "received",
    origin: "contact",
    sent_by: null,
    error: null,
    next_attempt_at: null,
    parts: [],
    edited_at: null,
    deleted_at: null,
    sent_at: "2026-11-28T12:00:00Z",
    imported: false,
    created_at: "2026-11-28T12:00:01Z",
    ...over,
  };
}

export function conversationOf(over: Partial<Conversation> = {}): Conversation {
  return {
    account_id: "a1",
    contact_id: "c1",
    contact: { name: "Marina Costa", username: "marina", profile_picture_url: null, facts: null },
    last_message: messageOf(),
    last_message_at: "2026-11-28T12:00:00Z",
    unread_count: 1,
    window: { open: true, closes_at: "2026-11-29T12:00:00Z", human_agent_until: null, reason: null },
    thread_owner: null,
    referral: null,
    kind: "direct",
    ...over,
  };
}

export function accountOf(over: Partial<Account> = {}): Account {
  return {
    id: "a1",
    platform: "instagram",
    login: "facebook",
    status: "active",
    status_reason: null,
    instagram_account_id: "178414",
    instagram_username: "casaverde",
    instagram_name: "Casa Verde",
    profile_picture_url: null,
    facebook_page_id: "1001",
    facebook_page_name: "Casa Verde",
    token_expires_at: null,
    data_access_expires_at: null,
    connected_at: "2026-11-01T12:00:00Z",
    last_synced_at: null,
    updated_at: "2026-11-01T12:00:00Z",
    connected_by: "ana",
    policy: null,
    ...over,
  };
}
