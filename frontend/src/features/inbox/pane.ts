import { late } from "@/lib/late";

/** What shows an open conversation: more code than all the rest of the inbox. */
export const pane = late(() => import("./conversation-pane"));
