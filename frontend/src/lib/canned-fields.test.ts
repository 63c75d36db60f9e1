import { expect, test } from "vitest";
import type { Account } from "@/api/types";
import { filled, fieldValues, unknownField } from "./canned-fields";

const account = {
  instagram_name: "Casa Verde",
  facebook_page_name: null,
  instagram_username: "casa",
} as Account;

test("fields are filled in with what is known", () => {
  const values = fieldValues(account, { name: "Ana Lima", username: "ana" });
  expect(filled("Oi, {{contact.name}} (@{{contact.username}})! Aqui é a {{account.name}}.", values)).toBe(
    "Oi, Ana Lima (@ana)! Aqui é a Casa Verde.",
  );
});

test("a contact without a name is called by the username", () => {
  expect(filled("Oi, {{contact.name}}!", fieldValues(account, { name: null, username: "ana" }))).toBe(
    "Oi, ana!",
  );
});

test("a contact of whom nothing is known is not called anything", () => {
  const values = fieldValues(account, { name: null, username: null });
  expect(filled("Oi, {{contact.name}}! Tudo bem?", values)).toBe("Oi! Tudo bem?");
  expect(filled("Oi {{contact.name}}\n@{{contact.username}} é você?", values)).toBe("Oi\n é você?");
});

test("what looks like a command of replacing is put in as it is", () => {
  expect(filled("{{contact.name}}", fieldValues(account, { name: "$& $1", username: null }))).toBe("$& $1");
});

test("a value is never filled in again", () => {
  const values = fieldValues(account, { name: "{{account.name}}", username: null });
  expect(filled("{{contact.name}}", values)).toBe("{{account.name}}");
});

test.each([
  ["Oi {{contact.name}}", null],
  ["{{account.name}} e {{contact.username}}", null],
  ["chaves { soltas }", null],
  ["Oi {{nome}}!", "{{nome}}"],
  ["Oi {{contact.name }}!", "{{contact.name }}"],
  ["Oi {{contact.name", "{{contact.name}}"],
])("of %s the unknown field is %s", (text, field) => {
  expect(unknownField(text)).toBe(field);
});
