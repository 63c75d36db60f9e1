import { createMetaInboxClient, type MetaInboxClient } from "@/api/client";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

type Answering = (asked: Asked) => unknown;

/** A refusal of the service, as its `application/problem+json`. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail = code,
  ) {}
}

/** The service at the edge of the network: `"GET /accounts"` and the like to what it answers. */
export class FakeService {
  readonly asked: Asked[] = [];
  readonly client: MetaInboxClient;

  constructor(readonly routes: Record<string, Answering>) {
    this.client = createMetaInboxClient({
      baseUrl: "https://crm.example",
      getToken: () => "a.b.c",
      fetch: (input, init) => this.#answer(new Request(input, init)),
    });
  }

  /** What was asked of a route so far. */
  askedOf(route: string): Asked[] {
    return this.asked.filter(({ method, path }) => `${method} ${path}` === route);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const path = pathname.replace("/api/meta", "");
    const text = await request.text();
    const asked = {
      method: request.method,
      path,
      query: searchParams,
      body: text === "" ? null : (JSON.parse(text) as unknown),
    };
    this.asked.push(asked);
    const route = this.routes[`${request.method} ${path}`];
    const answer = route === undefined ? new Refusal(404, "not_found") : await route(asked);
    if (answer instanceof Refusal) {
      const { status, code, detail } = answer;
      return Response.json(
        { type: "about:blank", title: code, status, detail, code },
        { status, headers: { "Content-Type": "application/problem+json" } },
      );
    }
    return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
  }
}
