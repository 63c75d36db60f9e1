import { ApiProblem, problemIn, Unreachable } from "./errors";
import type { Uploaded } from "./types";

interface Upload {
  url: string;
  token: (options?: { refresh: boolean }) => Promise<string | null>;
  file: File;
  onProgress: ((part: number) => void) | undefined;
  signal: AbortSignal | undefined;
}

/** With the token, tried once more with a fresh one. */
export async function upload(given: Upload): Promise<Uploaded> {
  try {
    return await post(given, await given.token());
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 401)) throw error;
    const fresh = await given.token({ refresh: true });
    if (fresh === null) throw error;
    return post(given, fresh);
  }
}

/** By XMLHttpRequest, which alone tells how far an upload is. */
function post({ url, file, onProgress, signal }: Upload, bearer: string | null): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open("POST", url);
    if (bearer !== null) request.setRequestHeader("Authorization", `Bearer ${bearer}`);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => {
      const body = jsonIn(request.responseText);
      if (request.status === 201 && body !== null) resolve(body as Uploaded);
      else if (request.status === 201) reject(new Unreachable("the answer cannot be read"));
      else reject(problemIn(answerOf(request), body));
    };
    request.onerror = () => reject(new Unreachable("the upload broke off"));
    request.onabort = () => reject(new DOMException("the upload was cancelled", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
  });
}

function answerOf(request: XMLHttpRequest): Response {
  const wait = request.getResponseHeader("Retry-After");
  const { status, statusText } = request;
  return new Response(null, { status, statusText, headers: wait === null ? {} : { "Retry-After": wait } });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
