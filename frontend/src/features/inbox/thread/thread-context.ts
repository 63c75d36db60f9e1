import type { TFunction } from "i18next";
import { createContext, useContext } from "react";
import type { Attachment, Capabilities, Message } from "@/api/types";
import type { Locale } from "@/lib/i18n";
import type { Times } from "./times";

/** What every row knows of the conversation it is in. It is kept the same as long as it can be: rows hang on it. */
export interface ThreadView {
  t: TFunction<"thread">;
  /** Words of a group by a name that the service gives; null where there are none. */
  say: (group: WordGroup, name: string | null) => string | null;
  /** The word of every dialog for giving it up. */
  cancel: string;
  locale: Locale;
  times: Times;
  account: string;
  contact: string;
  /** What the contact is called. */
  name: string;
  platform: "instagram" | "messenger";
  isComments: boolean;
  /** The agent's own id. */
  me: string | null;
  maySend: boolean;
  /** Reactions that the account may give: null = any, none where it may not. */
  reactions: readonly string[] | null;
  /** What the account's surface takes; null until it is known. */
  surface: Capabilities | null;
  /** Today's number: with the day, the names of days change. */
  today: number;
}

export type WordGroup = "types" | "causes" | "subcauses" | "apps" | "reaction" | "bookings";

export interface ThreadActions {
  reply: (message: Message) => void;
  react: (message: Message, reaction: string | null) => void;
  /** Goes to a message, reading older ones until it is there. */
  jumpTo: (id: string) => void;
  showPictures: (message: Message, picture: Attachment) => void;
  showDetails: (message: Message) => void;
  copy: (text: string) => void;
  check: (message: Message) => Promise<void>;
  /** Sends again, or asks first whether it may arrive twice. */
  resend: (message: Message) => void;
  resendNow: (message: Message) => Promise<void>;
  answer: (message: Message, way: "public" | "private") => void;
  hide: (message: Message, hidden: boolean) => void;
  /** Reads the message anew, for addresses of its files that work. */
  freshen: (id: string) => Promise<void>;
}

export const ViewContext = createContext<ThreadView | null>(null);
export const ActionsContext = createContext<ThreadActions | null>(null);

export const useView = (): ThreadView => known(useContext(ViewContext));
export const useActions = (): ThreadActions => known(useContext(ActionsContext));

function known<T>(value: T | null): T {
  if (value === null) throw new Error("this component stands inside <Thread>");
  return value;
}
