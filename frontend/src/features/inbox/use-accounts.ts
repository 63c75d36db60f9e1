import { useQuery } from "@tanstack/react-query";
import type { Account } from "@/api/types";
import { keys } from "@/lib/keys";
import { useClient } from "@/lib/root";

export function useAccounts() {
  const client = useClient();
  return useQuery({ queryKey: keys.accounts, queryFn: client.accounts });
}

/** What people call the account. */
export function accountName(account: Account): string {
  const names =
    account.platform === "instagram"
      ? [account.instagram_name, account.instagram_username && `@${account.instagram_username}`]
      : [account.facebook_page_name];
  return names.find((name) => name) ?? account.facebook_page_name ?? account.id;
}

export const PLATFORMS: Record<string, string> = { instagram: "Instagram", messenger: "Messenger" };

/** What to call whoever writes: Meta does not always tell a name. */
export function contactName(contact: { name: string | null; username: string | null }): string | null {
  return contact.name ?? (contact.username === null ? null : `@${contact.username}`);
}
