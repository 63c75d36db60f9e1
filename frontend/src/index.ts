export { createMetaInboxClient, type ClientOptions, type MetaInboxClient } from "./api/client";
export { ApiProblem, Unreachable } from "./api/errors";
export type * from "./api/types";
