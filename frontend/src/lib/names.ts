import type { Account } from "@/api/types";

/** The name by which people know the account. */
export function accountName(account: Account): string {
  const instagram = [account.instagram_name, handleOf(account.instagram_username)];
  const names = account.platform === "instagram" ? instagram : [];
  const last = account.instagram_account_id ?? account.facebook_page_id ?? account.id;
  return [...names, account.facebook_page_name].find(Boolean) ?? last;
}

/** What to call whoever writes: Meta does not always tell a name. */
export function contactName(contact: { name: string | null; username: string | null }): string | null {
  return contact.name ?? handleOf(contact.username);
}

export const handleOf = (username: string | null): string | null => (username ? `@${username}` : null);

export const PLATFORMS: Record<string, string> = { instagram: "Instagram", messenger: "Messenger" };
