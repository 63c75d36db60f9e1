import { expect, test } from "vitest";
import { catalogue as en } from "./en";
import { catalogue as ptBR } from "./pt-BR";

function names(of: object, before = ""): string[] {
  return Object.entries(of).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "object" && value !== null ? names(value, `${before}${name}.`) : [`${before}${name}`],
  );
}

// Portuguese has a plural form for millions that English has not.
const shared = (name: string) => !name.endsWith("_many");

test("both languages say the same things", () => {
  expect(names(en).filter(shared).toSorted()).toEqual(names(ptBR).filter(shared).toSorted());
});

test("nothing is left without words", () => {
  for (const catalogue of [en, ptBR]) {
    expect(JSON.stringify(catalogue)).not.toMatch(/""/);
  }
});
