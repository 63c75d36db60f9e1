import { render, screen, within } from "@testing-library/react";
import { useState } from "react";
import { vi } from "vitest";
import type { Conversation, LiveEvent } from "@/api/types";
import { Inbox, type Selected } from "@/features/inbox/inbox";
import { Root } from "@/lib/root";
import { FakeSocket, type FakeInbox } from "./fake-inbox";
import { giveLayout } from "./layout";
import { conversationOf, messageOf } from "./samples";

export const visibility = { isVisible: true };

/** What each test of the inbox begins with. */
export function openBrowser(): void {
  localStorage.clear();
  visibility.isVisible = true;
  giveLayout();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() =>
    visibility.isVisible ? "visible" : "hidden",
  );
}

export function talk(contact: string, minute: number, over: Partial<Conversation> = {}): Conversation {
  const at = `2026-11-28T12:${String(minute).padStart(2, "0")}:00Z`;
  const account_id = over.account_id ?? "a1";
  return conversationOf({
    contact_id: contact,
    contact: { name: contact, username: contact.toLowerCase(), profile_picture_url: null, facts: null },
    last_message: messageOf({ id: `${contact}-${at}`, account_id, contact_id: contact, sent_at: at }),
    last_message_at: at,
    unread_count: 0,
    ...over,
  });
}

export function news(conversation: Conversation, text: string, cursor = "2"): LiveEvent {
  const message = messageOf({
    id: `${conversation.contact_id}-${text}`,
    account_id: conversation.account_id,
    contact_id: conversation.contact_id,
    text,
  });
  const data = { message, conversation: { ...conversation, last_message: message } };
  return { cursor, type: "message.created", at: "", data };
}

export function show(service: FakeInbox, selected: Selected | null = null, onReconnect = vi.fn()) {
  const chosen = vi.fn();
  function Host() {
    const [open, setOpen] = useState(selected);
    const select = (next: Selected | null) => {
      chosen(next);
      // A router takes a moment.
      setTimeout(() => setOpen(next), 30);
    };
    return <Inbox selected={open} onSelect={select} onReconnect={onReconnect} />;
  }
  render(
    <Root client={service.client} locale="pt-BR">
      <Host />
    </Root>,
  );
  return { chosen, onReconnect };
}

export const rows = () => screen.findAllByRole("button", { name: /Instagram|Messenger/ });
export const names = () =>
  screen.getAllByRole("listitem").map((row) => within(row).getByRole("button").dataset.place?.split(" ")[1]);
