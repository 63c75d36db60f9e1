import { createMetaInboxClient } from "@/api/client";
import type { Account, Conversation, LiveEvent } from "@/api/types";

type Answer = (request: Request, url: URL) => unknown;

/** A service with conversations, at the edge of the network. What begins with a path is answered as the test says. */
export class FakeInbox {
  readonly asked: string[] = [];
  readonly #answers = new Map<string, Answer>();

  readonly client = createMetaInboxClient({
    baseUrl: "https://crm.example",
    getToken: () => "token",
    fetch: (input, init) => this.#answer(new Request(input, init)),
  });

  /** Accounts and their conversations, in pages as the service cuts them. */
  constructor(accounts: Account[], conversations: Conversation[], pageSize = 40) {
    this.on("GET /accounts", () => ({ accounts }));
    this.on("POST /live/tickets", () => ({ ticket: "t", expires_at: "" }));
    this.on("POST /conversations", () => new Response(null, { status: 204 }));
    for (const { id } of accounts) {
      const own = conversations.filter(({ account_id }) => account_id === id);
      this.on(`GET /conversations/${id}`, (_, { searchParams }) => pageOf(own, searchParams, pageSize));
      this.on(`GET /conversations/${id}/`, () => problem(404, "not_found"));
      for (const each of own) this.on(`GET /conversations/${id}/${each.contact_id}`, () => each);
    }
  }

  /** The longest beginning that fits is answered by; a Response as it is, anything else as JSON. */
  on(path: string, answer: Answer): this {
    this.#answers.set(path, answer);
    return this;
  }

  count(path: string): number {
    return this.asked.filter((each) => each.startsWith(path)).length;
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = `${request.method} ${url.pathname.replace("/api/meta", "")}`;
    this.asked.push(path + url.search);
    const fitting = [...this.#answers].filter(([each]) => path.startsWith(each));
    const [longest] = fitting.toSorted(([one], [other]) => other.length - one.length);
    const answer = longest ? await longest[1](request, url) : problem(404, "not_found");
    return answer instanceof Response ? answer : Response.json(answer);
  }
}

export function problem(status: number, code: string): Response {
  return Response.json({ status, code, detail: code }, { status });
}

function pageOf(conversations: Conversation[], asked: URLSearchParams, size: number) {
  const q = asked.get("q")?.toLowerCase() ?? "";
  const fit = conversations
    .filter(({ contact }) => `${contact.name ?? ""} ${contact.username ?? ""}`.toLowerCase().includes(q))
    .filter(({ unread_count }) => asked.get("unread") !== "true" || unread_count > 0);
  const from = Number(asked.get("cursor") ?? 0);
  const end = from + size;
  return { conversations: fit.slice(from, end), next_cursor: end < fit.length ? String(end) : null };
}

/** The live connection of a test, which tells what the test says. */
export class FakeSocket {
  static readonly OPEN = 1;
  static latest: FakeSocket | undefined;
  readonly readyState = FakeSocket.OPEN;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((closed: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.latest = this;
  }

  static tell(...frames: LiveEvent[]): void {
    for (const frame of frames) FakeSocket.latest?.onmessage?.({ data: JSON.stringify(frame) });
  }

  close(): void {
    // The test ends with it.
  }
}
