import { expect, test } from "vitest";
import { loadWords } from "@/lib/i18n";
import type { ThreadView } from "./thread-context";
import { causeOf } from "./cause";

const words = await loadWords("pt-BR");
const t = words.getFixedT("pt-BR", "thread");
const view: Pick<ThreadView, "t" | "say"> = {
  t,
  say: (group, name) => {
    const key = `${group}.${name ?? ""}`;
    return name !== null && words.exists(key, { ns: "thread" }) ? t(key as "types.text") : null;
  },
};
const error = { detail: "in English", fbtrace_id: null, meta_code: null, meta_subcode: null };

test("a cause is said by Meta's subcode where that says more", () => {
  expect(causeOf({ ...error, code: "reauth_required", meta_code: 190, meta_subcode: 460 }, view)).toMatch(
    /senha/,
  );
  expect(causeOf({ ...error, code: "reauth_required", meta_code: 190 }, view)).toMatch(
    /conexão com a Meta caiu/,
  );
});

test("a code that nobody knows is told with what the service says", () => {
  expect(causeOf({ ...error, code: "something_new" }, view)).toBe("A Meta recusou: in English");
});
