import type { Account, Candidate } from "@/api/types";
import { externalIdOf, standingOf } from "./account-status";

export interface Plan {
  /** What is chosen beforehand, or connected at once. */
  keys: string[];
  /** Whether there is nothing to ask the person. */
  direct: boolean;
  /** The account that was to be connected again and that this login does not name. */
  lacks: Account | null;
}

/** What to do with what a login made available; `target` is the account that was to be connected again. */
export function planOf(
  candidates: Candidate[],
  accounts: Account[],
  target: Account | null,
  now: number,
): Plan {
  const connectable = candidates.filter((each) => each.connectable);
  const found = (candidate: Candidate) => accountOf(candidate, accounts);
  const inNeed = connectable.filter((each) => {
    const account = found(each);
    return account && ["expiring", "reauth_required"].includes(standingOf(account, now));
  });
  const again = connectable.find((each) => target && found(each)?.id === target.id);
  if (again) return { keys: keysOf([again, ...inNeed]), direct: true, lacks: null };
  if (target) {
    const named = candidates.some((each) => found(each)?.id === target.id);
    return { keys: keysOf(inNeed), direct: false, lacks: named ? null : target };
  }
  const inactive = connectable.filter((each) => {
    const account = found(each);
    return !account || standingOf(account, now) !== "active";
  });
  const keys = keysOf(inactive.length > 0 ? inactive : connectable);
  return { keys, direct: connectable.length === 1 && candidates.length === 1, lacks: null };
}

/** The account that the candidate was connected as before. */
export function accountOf(candidate: Candidate, accounts: Account[]): Account | undefined {
  if (candidate.external_id === null) return undefined;
  return accounts.find(
    (each) => each.platform === candidate.platform && externalIdOf(each) === candidate.external_id,
  );
}

/** The list with the accounts as they are after connecting. */
export function withAccounts(accounts: Account[], connected: Account[]): Account[] {
  const changed = accounts.map((each) => connected.find(({ id }) => id === each.id) ?? each);
  return [...changed, ...connected.filter(({ id }) => !accounts.some((each) => each.id === id))];
}

/** The name by which people know the candidate; null: Meta told none. */
export function candidateName(candidate: Candidate): string | null {
  const handle = candidate.username ? `@${candidate.username}` : null;
  return candidate.name ?? handle ?? candidate.page_name;
}

const keysOf = (candidates: Candidate[]): string[] => [...new Set(candidates.map(({ key }) => key))];
