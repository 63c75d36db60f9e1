import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { vi } from "vitest";
import type { MetaInboxClient } from "@/api/client";
import type { Account, Capabilities, Conversation, Message, Outgoing } from "@/api/types";
import { useComposing } from "@/lib/composing";
import { Root } from "@/lib/root";
import { FakeService } from "@/test/fake-service";
import { accountOf, conversationOf, messageOf } from "@/test/samples";
import { Composer } from "./composer";

export const HOUR = 3_600_000;

export const from = (left: number): string => new Date(Date.now() + left).toISOString();

const pictures = { max_bytes: 8_388_608, content_types: ["image/jpeg", "image/png", "image/gif"] };
const limits = {
  public_text_limit: 2200,
  max_images: 10,
  buttons_text_limit: 640,
  max_buttons: 3,
  title_limit: 20,
  payload_limit: 1000,
  url_limit: 2048,
  max_quick_replies: 13,
  max_cards: 10,
  card_text_limit: 80,
  sends: ["text", "image", "images", "audio", "file", "buttons", "quick_replies", "cards", "sticker"],
};

/** What the tests need of the capability table. */
export const surfaces = [
  {
    ...limits,
    surface: "instagram",
    text_limit: 1000,
    text_unit: "bytes",
    stickers: ["like_heart"],
    media: { image: pictures, file: { max_bytes: 26_214_400, content_types: ["application/pdf"] } },
    extras: { thread_control: true },
  },
  {
    ...limits,
    surface: "messenger",
    text_limit: 2000,
    text_unit: "characters",
    stickers: ["thumbs_up"],
    media: { image: pictures, file: { max_bytes: 26_214_400, content_types: [] } },
    extras: { thread_control: true },
  },
] as unknown as Capabilities[];

export const replies = [
  { id: "r1", shortcut: "entrega", text: "Entregamos em toda a cidade." },
  { id: "r2", shortcut: "pix", text: "Oi, {{contact.name}}! A chave é da {{account.name}}." },
];

interface Given {
  account?: Partial<Account>;
  conversation?: Partial<Conversation>;
  replyTo?: Message;
  scopes?: string[];
  routes?: ConstructorParameters<typeof FakeService>[0];
  upload?: MetaInboxClient["upload"];
  onReconnect?: () => void;
}

let number = 0;

/** The composer of a conversation of its own, before a service that takes what is sent. */
export async function open(given: Given = {}) {
  number += 1;
  const contact = `c${String(number)}`;
  const conversation = conversationOf({
    contact_id: contact,
    window: { open: true, closes_at: from(20 * HOUR), human_agent_until: from(160 * HOUR), reason: null },
    ...given.conversation,
  });
  const service = new FakeService({
    "GET /me": () => ({ scopes: given.scopes ?? ["messages:read", "messages:send"] }),
    "GET /capabilities": () => ({ surfaces }),
    "GET /canned-replies": () => ({ canned_replies: replies }),
    "POST /send-message": ({ body }) => {
      const { message } = body as Outgoing;
      const text = "text" in message ? message.text : null;
      return messageOf({
        id: crypto.randomUUID(),
        contact_id: contact,
        type: message.type,
        text,
        status: "sent",
      });
    },
    [`POST /conversations/a1/${contact}/typing`]: () => undefined,
    ...given.routes,
  });
  const client = given.upload ? { ...service.client, upload: given.upload } : service.client;
  const onReplyDone = vi.fn();
  const place: { change: (over: Partial<Conversation>) => void; giveBack: (text: string) => void } = {
    change: () => undefined,
    giveBack: () => undefined,
  };
  function Place() {
    const [shown, setShown] = useState(conversation);
    const composing = useComposing();
    place.giveBack = (text) => act(() => composing.restore(shown.account_id, shown.contact_id, text));
    place.change = (over) => act(() => setShown((before) => ({ ...before, ...over })));
    return (
      <Composer
        account={accountOf(given.account)}
        conversation={shown}
        replyTo={given.replyTo ?? null}
        onReplyDone={onReplyDone}
        onReconnect={given.onReconnect}
      />
    );
  }
  const { unmount } = render(
    <Root client={client} locale="pt-BR" live={false}>
      <Place />
    </Root>,
  );
  const sent = () => service.askedOf("POST /send-message").map(({ body }) => body as Outgoing);
  const typing = () =>
    service
      .askedOf(`POST /conversations/a1/${contact}/typing`)
      .map(({ body }) => (body as { on: boolean }).on);
  return {
    user: userEvent.setup(),
    service,
    sent,
    typing,
    onReplyDone,
    contact,
    unmount,
    change: place.change,
    giveBack: place.giveBack,
  };
}

export const box = () => screen.findByRole("textbox", { name: "Mensagem para Marina Costa" });
