import { render } from "@testing-library/react";
import { vi } from "vitest";
import type { Account, Conversation, Message } from "@/api/types";
import { Root } from "@/lib/root";
import { FakeInbox, FakeSocket } from "@/test/fake-inbox";
import { giveLayout } from "@/test/layout";
import { accountOf, conversationOf, messageOf } from "@/test/samples";
import { Thread } from "./thread";

let number = 0;

/** A message of its own minute. */
export function said(over: Partial<Message> = {}): Message {
  number += 1;
  const at = new Date(Date.UTC(2026, 10, 28, 8, number)).toISOString();
  return messageOf({ id: `m${String(number)}`, sent_at: at, created_at: at, ...over });
}

export const answered = (over: Partial<Message> = {}): Message =>
  said({ direction: "outbound", origin: "agent", sent_by: "ana", status: "sent", ...over });

interface Shown {
  account?: Partial<Account>;
  conversation?: Partial<Conversation>;
  reactions?: string[] | null;
}

/** A service that has these messages, oldest first. */
export function serviceWith(messages: Message[], { reactions = null }: Shown = {}): FakeInbox {
  const surface = (name: string) => ({
    surface: name,
    text_limit: 1000,
    text_unit: "bytes",
    public_text_limit: 20,
    extras: { reactions },
  });
  return new FakeInbox([], [])
    .on("GET /me", () => ({ user_id: "ana", name: "Ana", scopes: ["messages:read", "messages:send"] }))
    .on("GET /capabilities", () => ({ surfaces: [surface("instagram"), surface("messenger")] }))
    .on("GET /messages", () => ({ messages: messages.toReversed(), next_cursor: null }));
}

export function showThread(service: FakeInbox, { account, conversation }: Shown = {}) {
  const onReply = vi.fn();
  vi.stubGlobal("WebSocket", FakeSocket);
  giveLayout({ height: 6000 });
  // Not every browser that tests run in has it.
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
  };
  render(
    <Root client={service.client} locale="pt-BR">
      <Thread account={accountOf(account)} conversation={conversationOf(conversation)} onReply={onReply} />
    </Root>,
  );
  return { onReply };
}
