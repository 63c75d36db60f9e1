import { expect, test } from "vitest";
import { loadWords } from "@/lib/i18n";
import { messageOf } from "@/test/samples";
import { messageWords, reactionWords, writerOf } from "./message-words";

const t = (await loadWords("pt-BR")).getFixedT("pt-BR", "inbox");
const picture = {
  id: "1",
  type: "image",
  url: null,
  name: null,
  content_type: null,
  size: null,
  width: null,
  height: null,
  state: "stored",
};

test.each([
  [{ type: "text", text: " Oi " }, "Oi"],
  [{ type: "image", text: null, attachments: [picture] }, "📷 Foto"],
  [{ type: "image", text: "Este", attachments: [picture, picture] }, "📷 2 fotos · Este"],
  [{ type: "file", text: null, attachments: [{ ...picture, name: "nota.pdf" }] }, "📎 nota.pdf"],
  [{ type: "audio", text: null }, "🎤 Áudio"],
  [{ type: "story_reply", text: "Amei" }, "Respondeu ao seu story: Amei"],
  [{ type: "story_mention", text: null }, "Mencionou você em um story"],
  [{ type: "deleted", text: null }, "Mensagem apagada"],
  [{ type: "buttons", text: "Escolha:" }, "Escolha:"],
  [{ type: "postback", text: null, postback: { title: "Quero saber mais" } as never }, "Quero saber mais"],
  [
    { type: "thread_control", text: null, details: { action: "take" } as never },
    "Outro app assumiu a conversa",
  ],
  [{ type: "something_new", text: null }, "Mensagem que não dá para mostrar aqui"],
])("%o is told in words", (message, words) => {
  expect(messageWords(messageOf(message), t)).toBe(words);
});

test("a reaction to our last message is the news", () => {
  const reactions = [{ by: "contact", reaction: "love", emoji: "😍", at: "2026-11-28T12:00:00Z" }];
  const ours = messageOf({ direction: "outbound", origin: "agent", reactions });
  expect(reactionWords(ours, t)).toBe("Reagiu com 😍 à sua mensagem");
  expect(reactionWords(messageOf({ reactions }), t)).toBeNull();
});

test("who wrote is told where it was not the contact", () => {
  expect(writerOf(messageOf())).toBeNull();
  expect(writerOf(messageOf({ direction: "outbound", origin: "native_app" }))).toBe("you");
  expect(writerOf(messageOf({ direction: "outbound", origin: "automation" }))).toBe("automation");
});
