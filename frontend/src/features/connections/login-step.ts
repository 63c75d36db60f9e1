import type { Account, Candidate, Connected, MetaLogin, Platform } from "@/api/types";

/** What a person asked for: accounts of a platform by one of Meta's logins, or one account anew by its own. */
export interface Wanted {
  platform: Platform;
  login: MetaLogin;
  account: Account | null;
}

/**
 * How far a login is. `gone`: its window is closed, or the tie to it is cut; nobody can tell which. `lacks`: the
 * account that was to be connected anew, where the login did not bring it.
 */
export type Step =
  | { at: "idle" }
  | { at: "waiting"; wanted: Wanted; gone: boolean }
  | { at: "blocked"; wanted: Wanted }
  | { at: "reading" }
  | { at: "choosing"; completion: string; candidates: Candidate[]; chosen: string[]; lacks: Account | null }
  | { at: "connecting"; candidates: Candidate[] }
  | { at: "done"; outcome: Connected; candidates: Candidate[] }
  | { at: "cancelled"; wanted: Wanted | null }
  | { at: "failed"; wanted: Wanted | null; code: string | null; error: unknown }
  | { at: "handed-over" };
