import cannedReplies from "./canned-replies.json";
import common from "./common.json";
import composer from "./composer.json";
import connections from "./connections.json";
import inbox from "./inbox.json";
import thread from "./thread.json";

export const catalogue = { cannedReplies, common, composer, connections, inbox, thread };
