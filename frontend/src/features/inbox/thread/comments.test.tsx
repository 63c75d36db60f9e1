import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Message } from "@/api/types";
import { answered, said, serviceWith, showThread } from "./thread.test-kit";

const comment = (sent_at = new Date().toISOString()) =>
  said({
    id: "m",
    message_id: "179",
    type: "comment",
    text: "Quanto custa?",
    sent_at,
    details: { comment_id: "179" } as unknown as Message["details"],
  });
const conversation = { kind: "comments" as const };

test("a public reply is sent once, and stands in the conversation", async () => {
  const keys: (string | null)[] = [];
  const service = serviceWith([comment()]).on("POST /messages/a1/c1/m/public-reply", async (request) => {
    keys.push(request.headers.get("Idempotency-Key"));
    expect(await request.json()).toEqual({ text: "R$ 120" });
    return answered({ text: "R$ 120", details: { reply: "public" } as unknown as Message["details"] });
  });
  showThread(service, { conversation });
  await userEvent.click(await screen.findByRole("button", { name: "Responder em público" }));
  await userEvent.type(await screen.findByRole("textbox", { name: "Sua resposta" }), "R$ 120");
  await userEvent.click(screen.getByRole("button", { name: "Enviar" }));
  expect(await screen.findByText("Resposta pública")).toBeDefined();
  expect(keys).toHaveLength(1);
  expect(keys[0]).toMatch(/^\w{32}$/);
});

test("a reply over the limit is not sent", async () => {
  showThread(serviceWith([comment()]), { conversation });
  await userEvent.click(await screen.findByRole("button", { name: "Responder em público" }));
  await userEvent.type(await screen.findByRole("textbox", { name: "Sua resposta" }), "a".repeat(21));
  expect(screen.getByText("Passou do limite: 21 de 20.")).toBeDefined();
  expect(screen.getByRole("button", { name: "Enviar" })).toHaveProperty("disabled", true);
});

test("a comment is hidden, and may be shown again", async () => {
  const bodies: unknown[] = [];
  const service = serviceWith([comment()]).on("POST /messages/a1/c1/m/hide", async (request) => {
    bodies.push(await request.json());
    return new Response(null, { status: 204 });
  });
  showThread(service, { conversation });
  await userEvent.click(await screen.findByRole("button", { name: "Ocultar" }));
  await userEvent.click(await screen.findByRole("button", { name: "Mostrar de novo" }));
  await waitFor(() => expect(bodies).toEqual([{ hide: true }, { hide: false }]));
});

test("a comment of more than a week ago takes no private reply", async () => {
  showThread(serviceWith([comment("2026-01-01T12:00:00Z")]), { conversation });
  expect(await screen.findByRole("button", { name: "Responder em público" })).toBeDefined();
  expect(screen.queryByRole("button", { name: "Responder no privado" })).toBeNull();
});
