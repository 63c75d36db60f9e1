import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { act } from "react";
import { vi } from "vitest";
import type { Account } from "@/api/types";
import { Root } from "@/lib/root";
import { FakeService } from "@/test/fake-service";
import { MetaInstagramConnect, type MetaInstagramConnectProps } from "./connections";
import { me } from "./samples";

export const API = "https://crm.example";

type Routes = ConstructorParameters<typeof FakeService>[0];

/** The screen before a service with these accounts. */
export async function open(accounts: Account[], routes: Routes = {}, props: MetaInstagramConnectProps = {}) {
  const service = new FakeService({
    "GET /me": () => me(["accounts:manage", "messages:read"]),
    "GET /accounts": () => ({ accounts }),
    "GET /oauth/start": () => ({
      authorization_url: `${API}/api/meta/oauth/authorize?ticket=t`,
      expires_at: "2026-11-28T12:01:00Z",
    }),
    ...routes,
  });
  render(
    <Root client={service.client} locale="en" live={false}>
      <MetaInstagramConnect returnTo="/connections" {...props} />
    </Root>,
  );
  await screen.findByRole("heading", { name: "Connections" });
  return { service, user: userEvent.setup() };
}

export interface FakeWindow {
  closed: boolean;
  location: { href: string };
  document: { body: { textContent: string } };
  focus: () => void;
  close: () => void;
}

/** The browser's windows: each that is opened is given back here. */
export function windows(blocked = false): FakeWindow[] {
  const opened: FakeWindow[] = [];
  vi.spyOn(globalThis, "open").mockImplementation(() => {
    if (blocked) return null;
    const one: FakeWindow = {
      closed: false,
      location: { href: "" },
      document: { body: { textContent: "" } },
      focus: () => undefined,
      close: () => {
        one.closed = true;
      },
    };
    opened.push(one);
    return one as unknown as Window;
  });
  return opened;
}

/** What the page at the end of the login says to the one that opened it. */
export function say(from: FakeWindow | null, data: object, origin = API): void {
  const event = new MessageEvent("message", { origin, data: { source: "meta-inbox", ...data } });
  Object.defineProperty(event, "source", { value: from });
  act(() => {
    globalThis.dispatchEvent(event);
  });
}
