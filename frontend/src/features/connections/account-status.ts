import type { Account } from "@/api/types";

export type Standing = "active" | "expiring" | "reauth_required" | "disconnected";

const DAY_MS = 86_400_000;
const TOKEN_WARNING_DAYS = 7;
const DATA_ACCESS_WARNING_DAYS = 14;

/** What the account can do now; a page that stays open for days sees an end coming by itself. */
export function standingOf(account: Account, now: number): Standing {
  if (account.status === "disconnected" || account.status === "reauth_required") return account.status;
  const ends = [
    within(account.token_expires_at, now, TOKEN_WARNING_DAYS),
    within(account.data_access_expires_at, now, DATA_ACCESS_WARNING_DAYS),
  ];
  return account.status === "expiring" || ends.includes(true) ? "expiring" : "active";
}

const within = (time: string | null, now: number, days: number): boolean =>
  time !== null && Date.parse(time) - now < days * DAY_MS;

/** When the access ends unless somebody logs in anew: the earlier of Meta's two ends; null: never by itself. */
export function accessEnd(account: Account): string | null {
  const ends = [account.token_expires_at, account.data_access_expires_at].filter((each) => each !== null);
  return ends.toSorted((one, other) => Date.parse(one) - Date.parse(other))[0] ?? null;
}

/** Those that need somebody first, those that are disconnected last; else as they were connected. */
export function inOrderOfNeed(accounts: Account[], now: number): Account[] {
  const rank: Record<Standing, number> = { reauth_required: 0, expiring: 1, active: 2, disconnected: 3 };
  const place = (account: Account) => rank[standingOf(account, now)];
  return accounts.toSorted((one, other) => place(one) - place(other));
}

/** Meta's id of the account on its platform. */
export const externalIdOf = (account: Account): string | null =>
  account.platform === "instagram" ? account.instagram_account_id : account.facebook_page_id;
