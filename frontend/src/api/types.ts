import type { components } from "./schema";

type Schemas = components["schemas"];

export type Account = Schemas["Account"];
export type AccountDetail = Schemas["AccountDetail"];
export type Attachment = Schemas["Attachment"];
export type Candidate = Schemas["Candidate"];
export type Capabilities = Schemas["Capabilities"];
export type Check = Schemas["Check"];
export type Connected = Schemas["Connected"];
export type Contact = Schemas["Contact"];
export type Conversation = Schemas["Conversation"];
export type ConversationPage = Schemas["Conversations"];
export type Me = Schemas["Me"];
export type Message = Schemas["Message"];
export type MessagePage = Schemas["Messages"];
export type Outgoing = Schemas["SendBody"];
export type OutgoingContent = Outgoing["message"];
export type Problem = Schemas["Problem"];
export type Uploaded = Schemas["Uploaded"];

/** Meta's platform that a conversation takes place on. */
export type Platform = "instagram" | "messenger";

/** By which of Meta's two logins an account is connected. */
export type MetaLogin = Schemas["Login"];

/** What the live connection tells; the shapes are those of the lists. */
export type LiveEvent =
  | {
      cursor: string;
      type: "message.created";
      at: string;
      data: { message: Message; conversation: Conversation };
    }
  | { cursor: string; type: "message.updated"; at: string; data: { message: Message } }
  | { cursor: string; type: "conversation.updated"; at: string; data: { conversation: Conversation } }
  | {
      cursor: string;
      type: "contact.updated";
      at: string;
      data: { contact: Contact & { account_id: string; contact_id: string } };
    }
  | {
      cursor: string;
      type: "contact.deleted";
      at: string;
      data: { deleted: { account_id: string; contact_id: string | null; contact_digest: string } };
    }
  | { cursor: string; type: "account.updated"; at: string; data: { account: Account } };

/** Where a live connection goes on from. */
export interface PlaceFrame {
  type: "ready" | "resync";
  cursor: string;
}

export type LiveFrame = PlaceFrame | LiveEvent;
