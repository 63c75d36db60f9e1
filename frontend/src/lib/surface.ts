import { useQuery } from "@tanstack/react-query";
import type { Account, Capabilities, Platform } from "@/api/types";
import { keys } from "./keys";
import { useClient } from "./root";

/** Which line of the capability table an account is under. */
export function surfaceOf({ platform, login }: Pick<Account, "platform" | "login">): string {
  return platform === "instagram" && login === "instagram" ? "instagram_login" : platform;
}

export const platformOf = ({ platform }: Pick<Account, "platform">): Platform =>
  platform === "instagram" ? "instagram" : "messenger";

/** The length of a text as Meta counts it: in UTF-8 bytes, or in code points. */
export function lengthOf(text: string, unit: string): number {
  return unit === "bytes" ? new TextEncoder().encode(text).length : codePoints(text);
}

function codePoints(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length - 1; at += 1) {
    if ((text.codePointAt(at) ?? 0) > 0xffff) {
      pairs += 1;
      at += 1;
    }
  }
  return text.length - pairs;
}

/** What the account's surface takes: it does not change while the service runs. */
export function useSurface(account: Account) {
  const client = useClient();
  const surface = surfaceOf(account);
  return useQuery({
    queryKey: keys.capabilities,
    queryFn: client.capabilities,
    staleTime: Infinity,
    select: (table): Capabilities | undefined => table.find((each) => each.surface === surface),
  });
}
