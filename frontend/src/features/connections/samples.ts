import type { Account, Candidate, Me } from "@/api/types";
import { accountOf } from "@/test/samples";

/** What tests of this screen show; ids and names are made up. */
export function account(given: Partial<Account>): Account {
  const known = { id: "acc-1", instagram_account_id: "1784", instagram_name: "Casa Verde Plantas" };
  return accountOf({ ...known, ...given });
}

export function candidate(given: Partial<Candidate>): Candidate {
  return {
    key: "instagram:1784",
    platform: "instagram",
    external_id: "1784",
    name: "Casa Verde Plantas",
    username: "casaverde",
    profile_picture_url: "https://scontent.example/picture.jpg",
    page_name: "Casa Verde",
    connectable: true,
    reason: null,
    ...given,
  };
}

export const unlinked = candidate({
  key: "instagram:page:1002",
  external_id: null,
  name: null,
  username: null,
  page_name: "Padaria Sol",
  connectable: false,
  reason: "no_instagram_account",
});

export function me(scopes: Me["scopes"], logins: Me["logins"] = ["facebook"]): Me {
  return { tenant_id: "demo", user_id: "ana", name: null, scopes, logins, expires_at: null };
}
