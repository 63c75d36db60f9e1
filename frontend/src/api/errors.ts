import type { Problem } from "./types";

/** The service refused: `code` is stable and has words in both languages, `detail` is for developers. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** Seconds after which trying again makes sense. */
    readonly retryAfter: number | null = null,
    /** The whole answer, with what the route adds to a problem. */
    readonly problem: Partial<Problem> = {},
  ) {
    super(`${String(status)} ${code}: ${detail}`);
  }
}

/** The service did not answer: nothing is known of what became of the request. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Whether the same request may succeed by itself a moment later. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof Unreachable ||
    (error instanceof ApiProblem && (error.status >= 500 || error.status === 429))
  );
}

/** What the service had against a request, from its answer and the body that was read of it. */
export function problemIn(answer: Response, body: unknown): ApiProblem {
  const problem: Partial<Problem> = typeof body === "object" && body !== null ? body : {};
  const wait = Number(answer.headers.get("Retry-After") ?? Number.NaN);
  return new ApiProblem(
    answer.status,
    problem.code ?? "unexpected",
    problem.detail ?? answer.statusText,
    Number.isFinite(wait) ? wait : null,
    problem,
  );
}
