import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { useComposing, type Composing } from "@/lib/composing";
import type { Outbox } from "@/lib/outbox";
import { Root, useOutbox } from "@/lib/root";
import { FakeSocket, problem, type FakeInbox } from "@/test/fake-inbox";
import { conversationOf } from "@/test/samples";
import { answered, said, serviceWith, showThread } from "./thread.test-kit";

function heldOf(service: FakeInbox): { outbox: Outbox; composing: Composing } {
  const held: { outbox: Outbox; composing: Composing }[] = [];
  const Take = () => {
    held.push({ outbox: useOutbox(), composing: useComposing() });
    return null;
  };
  render(
    <Root client={service.client} live={false}>
      <Take />
    </Root>,
  );
  return held[0] as (typeof held)[number];
}

const body = (text: string) =>
  ({ account_id: "a1", recipient_id: "c1", message: { type: "text", text } }) as never;

test("what was refused says why, and can be written anew", async () => {
  const service = serviceWith([said()]).on("POST /send-message", () => problem(409, "window_closed"));
  showThread(service);
  await screen.findByRole("article");
  const { outbox, composing } = heldOf(service);
  act(() => outbox.send(body("Oi de novo")));
  expect(await screen.findByText(/O prazo para responder terminou/)).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Editar" }));
  expect(composing.of("a1", "c1")).toBe("Oi de novo");
  expect(screen.queryByText(/O prazo para responder terminou/)).toBeNull();
});

test("what waits for its answer stands once when the live connection tells of it first", async () => {
  let answer: (body: unknown) => void = () => undefined;
  const service = serviceWith([said()]).on(
    "POST /send-message",
    () => new Promise((resolve) => (answer = resolve)),
  );
  showThread(service);
  await screen.findByRole("article");
  const { outbox } = heldOf(service);
  await act(async () => {
    outbox.send(body("Chega hoje"));
    await vi.waitFor(() => expect(service.count("POST /send-message")).toBe(1));
  });
  expect(screen.getByText("Enviando…")).toBeDefined();
  const message = answered({ text: "Chega hoje", created_at: new Date().toISOString() });
  act(() =>
    FakeSocket.tell({
      cursor: "2",
      type: "message.created",
      at: "",
      data: { message, conversation: conversationOf({ last_message: message }) },
    }),
  );
  await waitFor(() => expect(screen.queryByText("Enviando…")).toBeNull());
  expect(screen.getAllByText("Chega hoje")).toHaveLength(1);
  await act(async () => {
    answer(message);
    await Promise.resolve();
  });
  expect(screen.getAllByText("Chega hoje")).toHaveLength(1);
});
