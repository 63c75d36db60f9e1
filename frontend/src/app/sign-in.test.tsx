import { render, screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { FakeInbox } from "@/test/fake-inbox";
import { Root } from "@/lib/root";
import { Session } from "./session";
import { SignIn } from "./sign-in";

const OVER = "Sua sessão terminou ou não é válida. Entre de novo.";

beforeEach(() => sessionStorage.clear());

function show(session: Session) {
  render(
    <Root client={new FakeInbox([], []).client} locale="pt-BR" live={false}>
      <SignIn session={session} />
    </Root>,
  );
}

test("a session that the service refuses is said to be over", async () => {
  const session = new Session();
  session.open("a.b.c");
  expect(await session.getToken({ refresh: true })).toBeNull();
  show(session);
  expect(screen.getByRole("alert").textContent).toBe(OVER);
});

test("whoever signs out knows it", () => {
  const session = new Session();
  session.open("a.b.c");
  session.close();
  show(session);
  expect(screen.queryByText(OVER)).toBeNull();
});

test("what comes late from a session that was closed says nothing of the next", async () => {
  const session = new Session();
  session.open("a.b.c");
  session.close();
  await expect(session.getToken({ refresh: true })).rejects.toThrow("the session is over");
  expect(session.wasRefused).toBe(false);
});
