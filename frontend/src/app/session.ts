import { ApiProblem } from "@/api/errors";
import { takeFromAddress } from "@/lib/address";
import { forTheTab, keep, readKept } from "@/lib/kept";

const KEPT = "meta-inbox.token";
const PARENT_ANSWERS_WITHIN_MS = 3000;

/**
 * Whose session this is. The token comes in the address (`#token=…`, taken away at once), from the page that
 * frames this one, or is typed in; it lives as long as the tab.
 */
export class Session {
  #token: string | null;
  readonly #watchers = new Set<() => void>();
  /** Another one for whoever signs in next: nothing of one session is shown in another. */
  generation = 0;
  /** Whether the last one was not good any more, or never was. */
  wasRefused = false;

  constructor() {
    const given = takeFromAddress("token");
    this.#token = given ?? readKept(KEPT, forTheTab);
    if (given !== null) keep(KEPT, given, forTheTab);
  }

  get token(): string | null {
    return this.#token;
  }

  watch = (tell: () => void): (() => void) => {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  };

  isOpen = (): boolean => this.#token !== null;

  /** Of the present session alone: what is left of it when it is over asks the service for nothing any more. */
  get getToken(): (options?: { refresh: boolean }) => Promise<string | null> {
    const { generation } = this;
    const requireOpen = () => {
      if (generation === this.generation && this.#token !== null) return;
      throw new ApiProblem(401, "unauthenticated", "the session is over");
    };
    return async (options) => {
      requireOpen();
      if (options?.refresh !== true) return this.#token;
      const fresh = await this.askParent();
      requireOpen();
      if (fresh === null) this.#end(true);
      return fresh;
    };
  }

  /** A link into the app that is open already changes the address alone: its token is taken as well. */
  followAddress(): () => void {
    const take = () => {
      const token = takeFromAddress("token");
      if (token !== null) this.open(token);
    };
    globalThis.addEventListener("hashchange", take);
    return () => globalThis.removeEventListener("hashchange", take);
  }

  /** A fresh token of the same agent goes on with the session, one of somebody else begins another. */
  open(token: string): void {
    if (this.#token !== null && whose(token) !== whose(this.#token)) this.generation += 1;
    keep(KEPT, token, forTheTab);
    this.#set(token);
  }

  currentGeneration = (): number => this.generation;

  close(): void {
    this.#end(false);
  }

  #end(refused: boolean): void {
    keep(KEPT, null, forTheTab);
    this.wasRefused = refused;
    this.generation += 1;
    this.#set(null);
  }

  /** Only pages of allowed origins may frame this one, so whichever does is asked. */
  async askParent(): Promise<string | null> {
    if (globalThis.parent === globalThis.window) return null;
    const token = await new Promise<string | null>((resolve) => {
      const late = setTimeout(() => resolve(null), PARENT_ANSWERS_WITHIN_MS);
      const listen = ({ source, data }: MessageEvent<unknown>) => {
        if (source !== globalThis.parent || !isToken(data)) return;
        clearTimeout(late);
        globalThis.removeEventListener("message", listen);
        resolve(data.token);
      };
      globalThis.addEventListener("message", listen);
      // Nothing secret is in it, and who frames us is not known beforehand.
      globalThis.parent.postMessage({ source: "meta-inbox", type: "token.wanted" }, "*");
    });
    if (token !== null) this.open(token);
    return token;
  }

  #set(token: string | null): void {
    this.#token = token;
    for (const tell of this.#watchers) tell();
  }
}

/** Whose it is, as far as it can be read; the service alone judges whether that is true. */
function whose(token: string): string {
  try {
    const payload = token.split(".")[1] ?? "";
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as Record<
      string,
      unknown
    >;
    return `${String(claims.tenant_id)} ${String(claims.sub)}`;
  } catch {
    return token;
  }
}

function isToken(data: unknown): data is { token: string } {
  return (
    typeof data === "object" &&
    data !== null &&
    "type" in data &&
    data.type === "token" &&
    "token" in data &&
    typeof data.token === "string"
  );
}
