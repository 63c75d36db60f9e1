import { expect, test } from "vitest";
import { catalogue } from "./pt-BR";

const sources = import.meta.glob<string>(["../**/*.ts", "../**/*.tsx", "!../**/*.test*"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const code = Object.values(sources).join("\n");

/** Every name as it stands in the catalogue, without its plural. */
function names(of: object, before = ""): string[] {
  return Object.entries(of).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "object" && value !== null
      ? names(value, `${before}${name}.`)
      : [before + name.replace(/_(zero|one|many|other)$/, "")],
  );
}

const found = (pattern: RegExp): string[] => Array.from(code.matchAll(pattern), (match) => match[1] ?? "");

const literal = new Set(found(/["'`](?:[a-zA-Z]+:)?([\w.-]+)["'`]/g));
/** Groups of which the service names the word: `say("causes", code)`. */
const groups = found(/\b(?:say|words)\(\s*"(\w+)"/g);
/** Names of which a part is put in: `window.${state.is}`. */
const patterns = found(/`(?:[a-zA-Z]+:)?([a-zA-Z][\w.]*\.(?:[\w.]|\$\{[^`{}]*\})*)`/g)
  .filter((name) => name.includes("${"))
  .map(
    (name) => new RegExp(`^${name.replaceAll(".", "\\.").replaceAll(/\$\{[^{}]*\}/g, "[^.]+(\\.[^.]+)*")}$`),
  );

const isUsed = (name: string): boolean =>
  literal.has(name) ||
  groups.some((group) => name.startsWith(`${group}.`)) ||
  patterns.some((pattern) => pattern.test(name));

// That a name which is used has words, the compiler sees.
test("no words are kept that nothing says", () => {
  const unused = Object.entries(catalogue).flatMap(([space, words]) =>
    names(words)
      .filter((name) => !isUsed(name))
      .map((name) => `${space}:${name}`),
  );
  expect(unused).toEqual([]);
});
