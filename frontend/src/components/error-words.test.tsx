import { readdirSync, readFileSync } from "node:fs";
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { ApiProblem } from "@/api/errors";
import type { Locale } from "@/lib/i18n";
import { Root } from "@/lib/root";
import { FakeService } from "@/test/fake-service";
import { useErrorWords } from "./error-words";

const python = ["../adapters/http", "../domain", "../domain/model"]
  .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
  .filter((path) => path.endsWith(".py"))
  .map((path) => readFileSync(path, "utf8"))
  .join("\n");

/** Of routes that the app does not call, or that have words of their own where they are shown. */
const ELSEWHERE = [
  "challenge_invalid", // Meta's own calls
  "connect_failed",
  "description_refused",
  "endpoint_disabled", // webhook endpoints
  "login_not_available", // connections
  "method_not_allowed",
  "range_not_satisfiable",
  "refused", // the root of them, which nothing raises
  "return_to_invalid",
  "shortcut_invalid", // canned replies
  "shortcut_taken",
  "signature_invalid",
  "state_invalid",
  "ticket_invalid",
  "too_many_canned_replies",
  "too_many_endpoints",
  "unknown_field",
  "unknown_key",
  "webhook_url_refused",
  "verify_token_invalid",
  "not_ready", // probes
  "consent_cancelled",
  "consent_failed",
  "origin_not_allowed",
];

const codes = new Set(
  [
    /\bcode(?:: str)? ?= ?"([a-z_]+)"/g,
    /(?:Rejection|problem)\(\s*\d{3}, "([a-z_]+)"/g,
    /\binvalid\([^()]*, "([a-z_]+)"\)/g,
    /^ {4}\d{3}: "([a-z]+_[a-z_]+)"/gm,
    /return "([a-z]+_unavailable)"/g,
  ].flatMap((pattern) => Array.from(python.matchAll(pattern), ([, code]) => code ?? "")),
);

function Words({ code }: { code: string }) {
  const words = useErrorWords();
  return <p>{words(new ApiProblem(409, code, "what it means, in English"))}</p>;
}

function said(code: string, locale: Locale): string {
  const { unmount } = render(
    <Root client={new FakeService({}).client} locale={locale} live={false}>
      <Words code={code} />
    </Root>,
  );
  const text = screen.getByText(/./, { selector: "p:not([class])" }).textContent;
  unmount();
  return text;
}

test("whatever the service answers is told in the agent's language", () => {
  expect(codes.size).toBeGreaterThan(40);
  const untold = [...codes].filter(
    (code) => !ELSEWHERE.includes(code) && /English/.test(said(code, "pt-BR")),
  );
  expect(untold.toSorted()).toEqual([]);
});

test("what holds up here is not put on Meta", () => {
  expect(said("rate_limited", "pt-BR")).toBe(
    "Muitas ações em pouco tempo. Espere um momento e tente de novo.",
  );
});

test("a reason stands as a sentence, and one that nobody knows as the service said it", () => {
  expect(said("media_too_large", "pt-BR")).toBe("O arquivo é grande demais para a Meta.");
  expect(said("something_new", "en")).toBe("what it means, in English");
});
