import { mount } from "./mount";

/** Of this build; another build has another. */
const ENTRY = new URL(import.meta.url).pathname;

/** After a newer version was put in place, what this one has not fetched yet is gone: the page is loaded anew. */
export function watchForNewVersion(): void {
  globalThis.addEventListener("vite:preloadError", () => {
    hasNewVersion().then(
      (has) => has && globalThis.location.reload(),
      () => undefined, // the network is away, so nothing is known
    );
  });
}

async function hasNewVersion(): Promise<boolean> {
  const answer = await fetch(`${mount}/`, { cache: "no-store" });
  const page = await answer.text();
  return answer.ok && !page.includes(ENTRY);
}
