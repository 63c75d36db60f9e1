import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Message } from "@/api/types";
import { answered, said, serviceWith, showThread } from "./thread.test-kit";

const part = (over: Partial<Message["attachments"][number]>): Message["attachments"] => [
  {
    id: "f1",
    type: "image",
    url: null,
    name: null,
    content_type: null,
    size: null,
    width: null,
    height: null,
    state: "refused",
    ...over,
  },
];
const details = (facts: object) => facts as Message["details"];

const CASES: [string, Message, RegExp][] = [
  [
    "unsent",
    said({ type: "deleted", text: null, deleted_at: "2026-11-28T12:00:00Z" }),
    /apagada pelo contato/,
  ],
  ["of no known type", said({ type: "hologram", text: null }), /Tipo: hologram/],
  ["unsupported by Meta", said({ type: "unsupported", text: null }), /A Meta não entrega este conteúdo/],
  [
    "of an event to come",
    said({ type: "unsupported", text: null, details: details({ event: "x_y" }) }),
    /Tipo: x_y/,
  ],
  [
    "an expired story",
    said({ type: "story_reply", story: { kind: "reply", expired: true } }),
    /O story expirou/,
  ],
  ["a heart", said({ type: "sticker", text: null, attachments: part({ type: "sticker" }) }), /❤️/],
  ["seen once", said({ type: "view_once", text: null }), /visualização única/],
  [
    "a shared post",
    said({ type: "share", text: null, attachments: part({ type: "share", name: "Outono" }) }),
    /Outono/,
  ],
  [
    "a place",
    said({
      type: "location",
      text: null,
      attachments: part({ type: "location", name: "-25.428400, -49.273300" }),
    }),
    /-25.428400, -49.273300Ver no mapa/,
  ],
  [
    "a place with a name",
    said({
      type: "location",
      text: null,
      attachments: part({ type: "location", name: "Casa (-25.428400, -49.273300)" }),
    }),
    /Casa \(-25.428400, -49.273300\)Ver no mapa/,
  ],
  [
    "a booking",
    said({ type: "appointment", text: null, details: details({ status: "requested" }) }),
    /Pedido de agendamento/,
  ],
  [
    "an order",
    said({ type: "order", text: null, details: details({ products: [{ name: "Vaso", quantity: "2" }] }) }),
    /2 × Vaso/,
  ],
  ["feedback", said({ type: "feedback", text: null, details: details({ feedback: "Bom" }) }), /AvaliaçãoBom/],
  [
    "a pressed button",
    said({ type: "postback", text: "Falar", postback: { title: "Falar" } as never }),
    /Tocou no botãoFalar/,
  ],
  [
    "a template",
    said({ type: "template", text: null, details: details({ products: [{ title: "Vaso" }] }) }),
    /ProdutosVaso/,
  ],
  ["by an ad", said({ referral: { ad_id: "1", title: "Verão" } }), /Chegou pelo anúncio “Verão”/],
  [
    "a link followed",
    said({ type: "referral", text: null, referral: { ref: "outono" } }),
    /Chegou por um link \(outono\)/,
  ],
  ["opted in", said({ type: "opt_in", text: null }), /Marina Costa aceitou receber mensagens/],
  ["opted out", said({ type: "opt_out", text: null }), /não quer mais receber/],
  [
    "unlinked",
    said({ type: "account_linking", text: null, details: details({ status: "unlinked" }) }),
    /desvinculou/,
  ],
  [
    "handed over",
    said({
      type: "thread_control",
      text: null,
      details: details({ action: "pass", new_owner_app_id: "263902037430900" }),
    }),
    /passou para a caixa de entrada da Página/,
  ],
  [
    "a file that is gone",
    said({ type: "image", text: null, attachments: part({ state: "expired", url: "/x" }) }),
    /não existe mais/,
  ],
  [
    "a file that is barred",
    said({ type: "file", text: null, attachments: part({ type: "file", url: "/x" }) }),
    /passa de 25 MB/,
  ],
  [
    "a file that is coming",
    said({ type: "image", text: null, attachments: part({ state: "pending" }) }),
    /Recebendo o arquivo/,
  ],
  ["beside another app", said({ standby: true }), /enquanto outro aplicativo atendia/],
  ["read back", said({ imported: true }), /Importada do histórico/],
  ["by Meta's app", answered({ origin: "native_app", sent_by: null }), /Pelo app do Instagram/],
  ["by an automation", answered({ origin: "automation", sent_by: "bot" }), /Automação/],
  ["by another app", answered({ origin: "other_app", sent_by: null }), /Por outro aplicativo/],
  ["by a colleague", answered({ sent_by: "bruno" }), /Atendente bruno/],
  [
    "cards",
    answered({
      type: "cards",
      text: null,
      details: details({ cards: [{ title: "Vaso", buttons: [{ title: "Quero" }] }] }),
    }),
    /VasoQuero/,
  ],
  [
    "quick replies",
    answered({ type: "quick_replies", details: details({ quick_replies: [{ title: "Sim" }] }) }),
    /Sim/,
  ],
  ["buttons", answered({ type: "buttons", buttons: [{ type: "postback", title: "Pix" }] }), /Pix/],
];

test.each(CASES)("%s: said in words", async (_, message, words) => {
  showThread(serviceWith([message]));
  expect((await screen.findByRole("article")).textContent).toMatch(words);
});

test("text is text, and links open elsewhere without telling where from", async () => {
  showThread(serviceWith([said({ text: "<img src=x onerror=alert(1)> https://loja.example/x" })]));
  expect(await screen.findByText(/<img src=x onerror=alert\(1\)>/)).toBeDefined();
  const link = screen.getByRole("link", { name: "https://loja.example/x" });
  expect(link.getAttribute("rel")).toBe("noreferrer noopener nofollow");
  expect(link.getAttribute("target")).toBe("_blank");
});

test("Instagram never says delivered, so the legend has no such sign", async () => {
  const { statusesOf } = await import("./receipt");
  expect(statusesOf("instagram")).not.toContain("delivered");
  expect(statusesOf("messenger")).toContain("delivered");
});
