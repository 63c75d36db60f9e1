import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { keys } from "@/lib/keys";
import { Root } from "@/lib/root";
import { FakeService, Refusal } from "@/test/fake-service";
import { accountOf, conversationOf } from "@/test/samples";
import { Composer } from "./composer";
import { surfaces } from "./composer.test-kit";

const OPEN = { open: true, closes_at: null, human_agent_until: null, reason: null };

test("what is known of the session is not lost when it cannot be read once more", async () => {
  let fails = false;
  const service = new FakeService({
    "GET /me": () => (fails ? new Refusal(400, "invalid_request") : { scopes: ["messages:send"] }),
    "GET /capabilities": () => ({ surfaces }),
  });
  let cache: QueryClient | undefined;
  function Take() {
    cache = useQueryClient();
    return null;
  }
  render(
    <Root client={service.client} locale="pt-BR" live={false}>
      <Take />
      <Composer
        account={accountOf()}
        conversation={conversationOf({ window: OPEN })}
        replyTo={null}
        onReplyDone={() => undefined}
      />
    </Root>,
  );
  await screen.findByRole("textbox");
  fails = true;
  await act(() => cache?.invalidateQueries({ queryKey: keys.me }));
  await waitFor(() => expect(service.askedOf("GET /me")).toHaveLength(2));
  expect(screen.getByRole("textbox")).toBeDefined();
});
