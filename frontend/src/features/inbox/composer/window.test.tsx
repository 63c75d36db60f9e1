import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Refusal } from "@/test/fake-service";
import { conversationOf } from "@/test/samples";
import { box, from, HOUR, open } from "./composer.test-kit";

afterEach(() => vi.useRealTimers());

const human = () => ({
  open: false,
  closes_at: from(-HOUR),
  human_agent_until: from(100 * HOUR),
  reason: "expired" as const,
});
const over = () => ({ ...human(), human_agent_until: from(-1) });

test("it says how long one may still write", async () => {
  await open();
  expect(await screen.findByText(/Você pode responder por mais (19 h 59|20 h)/)).toBeTruthy();
});

test("the last minutes are counted, with what is possible then", async () => {
  await open({
    conversation: {
      window: { open: true, closes_at: from(90_500), human_agent_until: from(HOUR), reason: null },
    },
  });
  expect((await screen.findByRole("timer")).textContent).toMatch(
    /acabando: 1:3[01]\. Depois, só como atendente humano/,
  );
});

test("a window that closes while somebody writes keeps the text, the focus, and sends nothing", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const { user, sent, typing } = await open({
    conversation: {
      window: { open: true, closes_at: from(60_000), human_agent_until: from(24 * HOUR), reason: null },
    },
  });
  await user.type(await box(), "Já te respondo");
  // Each second is drawn before the next one is waited for.
  for (let second = 0; second < 61; second += 1) await act(() => vi.advanceTimersByTimeAsync(1000));
  expect(screen.getByRole("checkbox", { name: "Responder como atendente humano" })).toHaveProperty(
    "checked",
    false,
  );
  expect(await box()).toHaveProperty("value", "Já te respondo");
  expect(document.activeElement).toBe(await box());
  await user.type(await box(), "{Enter}");
  expect(sent()).toEqual([]);
  expect(screen.getByRole("button", { name: "Enviar" })).toHaveProperty("disabled", true);
  // The contact is shown nothing any more: the service would refuse it.
  await user.tab();
  expect(typing()).toEqual([true]);
});

test("a person who says so answers after it", async () => {
  const { user, sent, typing } = await open({ conversation: { window: human() } });
  await user.type(await box(), "Temos sim");
  await user.click(screen.getByRole("checkbox", { name: "Responder como atendente humano" }));
  await user.type(await box(), "{Enter}");
  await waitFor(() => expect(sent()[0]).toMatchObject({ human_agent: true, message: { text: "Temos sim" } }));
  expect(typing()).toEqual([]);
});

test("a contact who writes again needs no human agent", async () => {
  const { user, sent, change } = await open({ conversation: { window: human() } });
  await user.click(await screen.findByRole("checkbox"));
  change({
    window: conversationOf({ window: { ...human(), open: true, closes_at: from(24 * HOUR), reason: null } })
      .window,
  });
  await waitFor(() => expect(screen.queryByRole("checkbox")).toBeNull());
  await user.type(await box(), "Oi{Enter}");
  await waitFor(() => expect(sent()).toHaveLength(1));
  expect(sent()[0]).not.toHaveProperty("human_agent");
});

test("when nobody may write any more, it says so, shows the text that is kept, and has the focus", async () => {
  const { user, change } = await open();
  await user.type(await box(), "tarde demais");
  change({ window: over() });
  const closed = await screen.findByRole("region", { name: "O prazo para responder acabou" });
  expect(closed.textContent).toContain("tarde demais");
  expect(document.activeElement).toBe(closed);
  expect(screen.queryByRole("textbox")).toBeNull();
  change({ window: { ...over(), open: true, closes_at: from(HOUR), reason: null } });
  expect(await box()).toHaveProperty("value", "tarde demais");
});

test("somebody who never wrote cannot be written to", async () => {
  const window = { open: false, closes_at: null, human_agent_until: null, reason: "never_opened" as const };
  await open({ conversation: { window } });
  expect(await screen.findByRole("region", { name: "Marina Costa ainda não escreveu" })).toBeTruthy();
});

test("an account that needs a login is connected again from here", async () => {
  const onReconnect = vi.fn();
  const { user } = await open({ account: { status: "reauth_required" }, onReconnect });
  await user.click(await screen.findByRole("button", { name: "Reconectar conta" }));
  expect(onReconnect).toHaveBeenCalledOnce();
  expect(screen.queryByRole("textbox")).toBeNull();
});

test("who may not send is told so", async () => {
  await open({ scopes: ["messages:read"] });
  expect(await screen.findByText("Você pode ler, mas não responder")).toBeTruthy();
  expect(screen.queryByRole("textbox")).toBeNull();
});

test("comments are answered where they are", async () => {
  await open({ conversation: { kind: "comments" } });
  expect(await screen.findByText("Isto é um comentário público")).toBeTruthy();
});

test("a conversation that another app has is taken over first", async () => {
  const conversation = conversationOf({ contact_id: "taken", thread_owner: "263902037430900" });
  const { user, service } = await open({
    conversation,
    routes: {
      "POST /conversations/a1/taken/thread-control": () => undefined,
      "GET /conversations/a1/taken": () => ({ ...conversation, thread_owner: "self" }),
    },
  });
  await user.click(await screen.findByRole("button", { name: "Assumir conversa" }));
  await waitFor(() =>
    expect(service.askedOf("POST /conversations/a1/taken/thread-control")[0]?.body).toEqual({
      action: "take",
    }),
  );
});

test("what cannot be read is tried again", async () => {
  let isAllowed = false;
  const { user } = await open({
    routes: {
      "GET /me": () =>
        isAllowed ? { scopes: ["messages:read", "messages:send"] } : new Refusal(403, "scope_missing"),
    },
  });
  const again = await screen.findByRole("button", { name: "Tentar de novo" });
  isAllowed = true;
  await user.click(again);
  expect(await box()).toBeTruthy();
});
