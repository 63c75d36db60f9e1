import type { Account, Contact } from "@/api/types";

/** What may stand in double braces in a canned reply. */
export const CANNED_FIELDS = ["contact.name", "contact.username", "account.name"] as const;
export type CannedField = (typeof CANNED_FIELDS)[number];

export const braced = (field: CannedField): string => `{{${field}}}`;

/** The first field that nobody knows, as it is written; null when all are known. */
export function unknownField(text: string): string | null {
  const rest = CANNED_FIELDS.reduce((left, field) => left.replaceAll(braced(field), " "), text);
  const at = rest.indexOf("{{");
  if (at < 0) return null;
  return `${/^\{\{[^}\n]{0,40}/.exec(rest.slice(at))?.[0] ?? "{{"}}}`;
}

export type FieldValues = Record<CannedField, string | null>;

export function fieldValues(account: Account, contact: Pick<Contact, "name" | "username">): FieldValues {
  return {
    "contact.name": contact.name ?? contact.username,
    "contact.username": contact.username ?? contact.name,
    "account.name": account.instagram_name ?? account.facebook_page_name ?? account.instagram_username,
  };
}

/** The text with its fields filled in; one of which nothing is known goes, with the comma that led to it. */
export function filled(text: string, values: FieldValues): string {
  return text.replaceAll(NAMED, (_, lead: string, field: CannedField) => {
    const value = values[field];
    return value === null ? "" : lead + value;
  });
}

const NAMED = new RegExp(
  `(,?[^\\S\\n]*@?)\\{\\{(${CANNED_FIELDS.join("|").replaceAll(".", "\\.")})\\}\\}`,
  "g",
);
