export { createMetaInboxClient, type ClientOptions, type MetaInboxClient } from "./api/client";
export { ApiProblem, Unreachable } from "./api/errors";
export type * from "./api/types";
export type { Selected } from "./features/inbox/inbox";
export type { Locale } from "./lib/i18n";
export type { Theme } from "./lib/root";
export {
  Inbox,
  MetaInstagramConnect,
  type EmbeddedInboxProps,
  type EmbedProps,
  type MetaInstagramConnectProps,
} from "./library";
