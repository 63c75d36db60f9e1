import type { Message } from "@/api/types";

/** Reads what only some types have, which the service passes on as it is. */
export type Facts = Record<string, unknown>;

export const factsOf = ({ details }: Pick<Message, "details">): Facts => details ?? {};

export function textIn(facts: Facts, name: string): string | null {
  const value = facts[name];
  return typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : null;
}

export function listIn(facts: Facts, name: string): Facts[] {
  const value = facts[name];
  return Array.isArray(value) ? value.filter(isFacts) : [];
}

export function textsIn(facts: Facts, name: string): string[] {
  const value = facts[name];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

const isFacts = (value: unknown): value is Facts => typeof value === "object" && value !== null;

/** How the message answers a comment, if it does. */
export function answersComment(message: Message): "private" | "public" | null {
  const reply = textIn(factsOf(message), "reply");
  return reply === "private" || reply === "public" ? reply : null;
}

const COMMENTS = new Set(["comment", "live_comment", "mention"]);
export const isComment = ({ type, direction }: Message): boolean =>
  direction === "inbound" && COMMENTS.has(type);

/** Whether Meta would take a reaction to it. */
export function isReactable(message: Message): boolean {
  const isNotice = message.status === "received" && message.direction === "outbound";
  return message.message_id !== null && message.deleted_at === null && !isNotice;
}
