import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import type { MetaInboxClient } from "@/api/client";
import { messageOf } from "@/test/samples";
import { Outbox } from "./outbox";

const leaves = () => globalThis.dispatchEvent(new Event("beforeunload", { cancelable: true }));

test("a page is not left without a question while something waits, whatever it shows", async () => {
  let answer: () => void = () => undefined;
  const send = () => new Promise((resolve) => (answer = () => resolve(messageOf({ direction: "outbound" }))));
  const outbox = new Outbox({ send } as unknown as MetaInboxClient, new QueryClient());
  expect(leaves()).toBe(true);
  outbox.send({ account_id: "a1", recipient_id: "c1", message: { type: "text", text: "Oi" } });
  expect(leaves()).toBe(false);
  answer();
  await vi.waitFor(() => expect(leaves()).toBe(true));
});
