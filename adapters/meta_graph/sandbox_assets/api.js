import { $ } from "/assets/dom.js";
import { word } from "/assets/words.js";

let problemOf = "";

/** What is to be done once something has happened: the page looks again. */
export const after = { look: async () => {} };

export async function call(method, path, body) {
  const json = body !== undefined && !(body instanceof Blob);
  const answer = await fetch(`/sandbox${path}`, {
    method,
    headers: json ? { "Content-Type": "application/json" } : {},
    body: json ? JSON.stringify(body) : body,
  });
  const text = await answer.text();
  const content = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(content?.detail ?? String(answer.status));
  return content;
}

export function complain(text, source = "act") {
  problemOf = source;
  if ($("problem").textContent !== text) $("problem").textContent = text;
}

/** Takes a complaint back, if it is still the one from there. */
export function content(source = "act") {
  if (problemOf === source) complain("", "");
}

/** Does it and shows what came of it; whether it could be done. */
export async function act(does) {
  try {
    await does();
    content();
  } catch (error) {
    complain(error instanceof TypeError ? word("offline") : error.message);
    return false;
  }
  await after.look();
  return true;
}
