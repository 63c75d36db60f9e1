import { afterEach, expect, test, vi } from "vitest";
import { createMetaInboxClient } from "./client";
import { ApiProblem, Unreachable } from "./errors";

const SENT = { account_id: "a1", recipient_id: "c1", message: { type: "text" as const, text: "Oi" } };

function clientThatIsTold(body: BodyInit) {
  const fetch = () =>
    Promise.resolve(new Response(body, { headers: { "Content-Type": "application/json" } }));
  return createMetaInboxClient({ baseUrl: "https://crm.example", getToken: () => "a.b.c", fetch });
}

test("an answer that breaks off says nothing of what became of the request", async () => {
  const broken = new ReadableStream({ start: (body) => body.error(new TypeError("network error")) });
  await expect(clientThatIsTold(broken).send(SENT, "k")).rejects.toBeInstanceOf(Unreachable);
});

test("nor does a page that something between put in the answer's place", async () => {
  await expect(clientThatIsTold("<html>").send(SENT, "k")).rejects.toBeInstanceOf(Unreachable);
});

/** An upload as the browser makes it, answered at once by what is next in the list. */
class FakeUpload {
  static answers: { status: number; body: object; headers?: Record<string, string> }[] = [];
  static sent: string[] = [];
  upload = {};
  status = 0;
  statusText = "";
  responseText = "";
  onload: () => void = () => undefined;
  #headers: Record<string, string> = {};
  #bearer = "";

  open(): void {}
  abort(): void {}
  setRequestHeader(_: string, value: string): void {
    this.#bearer = value;
  }
  getResponseHeader(name: string): string | null {
    return this.#headers[name] ?? null;
  }
  send(): void {
    FakeUpload.sent.push(this.#bearer);
    const { status, body, headers = {} } = FakeUpload.answers.shift() ?? { status: 500, body: {} };
    this.#headers = headers;
    this.status = status;
    this.responseText = JSON.stringify(body);
    queueMicrotask(() => this.onload());
  }
}

afterEach(() => vi.unstubAllGlobals());

function uploading(...answers: typeof FakeUpload.answers) {
  FakeUpload.answers = answers;
  FakeUpload.sent = [];
  vi.stubGlobal("XMLHttpRequest", FakeUpload);
  const getToken = (options?: { refresh: boolean }) => (options?.refresh ? "fresh" : "old");
  const client = createMetaInboxClient({ baseUrl: "https://crm.example", getToken });
  return (signal?: AbortSignal) => client.upload(new File(["x"], "x.png"), undefined, signal);
}

test("an upload is tried once more with a fresh token, as every request", async () => {
  const upload = uploading(
    { status: 401, body: { code: "unauthorized" } },
    { status: 201, body: { id: "m1" } },
  );
  expect(await upload()).toEqual({ id: "m1" });
  expect(FakeUpload.sent).toEqual(["Bearer old", "Bearer fresh"]);
});

test("a service that is busy says for how long", async () => {
  const upload = uploading({ status: 429, body: { code: "rate_limited" }, headers: { "Retry-After": "5" } });
  const error = await upload().catch((failed: unknown) => failed);
  expect(error).toBeInstanceOf(ApiProblem);
  expect((error as ApiProblem).retryAfter).toBe(5);
});

test("an upload that was cancelled before it began does not begin", async () => {
  const abort = new AbortController();
  const upload = uploading({ status: 201, body: { id: "m1" } });
  const asked = upload(abort.signal);
  abort.abort();
  await expect(asked).rejects.toThrow();
  expect(FakeUpload.sent).toEqual([]);
});
