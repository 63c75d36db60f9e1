import type { MetaLogin, Platform } from "@/api/types";
import type { Wanted } from "./login-step";

/** A way to connect accounts, by the name of its words. */
export interface Way {
  name: "instagram" | "instagramLogin" | "messenger";
  platform: Platform;
  wanted: Wanted;
}

const way = (name: Way["name"], platform: Platform, login: MetaLogin): Way => ({
  name,
  platform,
  wanted: { platform, login, account: null },
});

/** The ways that the service offers; an older one does not say, and has Facebook Login alone. */
export function waysOf(logins: readonly MetaLogin[] | undefined): Way[] {
  const itself =
    logins?.includes("instagram") === true ? [way("instagramLogin", "instagram", "instagram")] : [];
  return [way("instagram", "instagram", "facebook"), ...itself, way("messenger", "messenger", "facebook")];
}
