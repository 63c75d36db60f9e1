import createClient, { type Client } from "openapi-fetch";
import { heardDate } from "@/lib/clock";
import { ApiProblem, problemIn, Unreachable } from "./errors";
import type { paths } from "./schema";

export interface ClientOptions {
  /** Where the service is, with or without `/api/meta` at its end: `https://crm.example`, or "" for this origin. */
  baseUrl: string;
  /**
   * The agent's bearer token; asked again with `refresh` once when the service refuses it. An ApiProblem
   * that it throws is the answer of what was asked: nothing goes to the service.
   */
  getToken: (options?: { refresh: boolean }) => string | null | Promise<string | null>;
  /** What makes requests; by default the browser's own. */
  fetch?: typeof fetch;
}

export interface Transport {
  api: Client<paths>;
  /** The address of a path below `/api/meta`. */
  address: (path: string) => string;
  token: (options?: { refresh: boolean }) => Promise<string | null>;
}

/** Requests with the token, tried once more with a fresh one; what fails throws ApiProblem or Unreachable. */
export function createTransport({ baseUrl, getToken, fetch: ask }: ClientOptions): Transport {
  const mount = baseUrl.replace(/\/+$/, "").replace(/\/api\/meta$/, "");
  const authorized = async (request: Request): Promise<Response> => {
    const again = request.clone();
    const answer = await send(request, await getToken());
    if (answer.status !== 401) return answer;
    const fresh = await getToken({ refresh: true });
    return fresh === null ? answer : send(again, fresh);
  };
  const send = async (request: Request, token: string | null): Promise<Response> => {
    if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
    const asked = Date.now();
    try {
      const answer = await (ask ?? fetch)(request);
      if (request.method === "POST") heardDate(answer.headers.get("Date"), asked);
      return answer;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new Unreachable("the service does not answer", { cause: error });
    }
  };
  return {
    api: createClient<paths>({ baseUrl: mount || globalThis.location.origin, fetch: authorized }),
    address: (path) => `${mount}/api/meta${path}`,
    token: async (options) => getToken(options),
  };
}

/** The answer's body, or what the service had against the request. */
export async function bodyOf<T>(
  asked: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await asked.catch(asUnreachable);
  if (response.ok) return data as T;
  throw problemIn(response, error);
}

/** Also an answer that broke off, or that somebody between put in its place, says nothing of the request. */
function asUnreachable(error: unknown): never {
  const isKnown =
    error instanceof Unreachable ||
    error instanceof ApiProblem ||
    (error instanceof DOMException && error.name === "AbortError");
  throw isKnown ? error : new Unreachable("the answer cannot be read", { cause: error });
}
