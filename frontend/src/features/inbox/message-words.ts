import type { TFunction } from "i18next";
import type { Message } from "@/api/types";

/** Kinds that are told by one word or two, whatever else is in them. */
const NAMED = [
  "sticker",
  "share",
  "reel",
  "post",
  "location",
  "cards",
  "media_card",
  "products",
  "utility",
  "template",
  "appointment",
  "referral",
  "opt_in",
  "opt_out",
  "account_linking",
  "order",
  "feedback",
  "view_once",
  "deleted",
] as const;

/** Kinds whose words, if there are any, follow what happened. */
const TOLD = ["story_reply", "story_mention", "comment", "live_comment", "mention"] as const;

const FILES = ["image", "video", "audio", "file"] as const;

/** A message in one line, for where it cannot be shown itself. */
export function messageWords(message: Message, t: TFunction<"inbox">): string {
  const { type, text } = message;
  const words = text?.trim() ?? "";
  if (isOneOf(FILES, type)) return withText(filesOf(message, type, t), words, " · ");
  if (isOneOf(TOLD, type)) return withText(t(`preview.${type}`), words, ": ");
  if (type === "images") return t("preview.images", { count: Math.max(2, message.attachments.length) });
  if (type === "postback") return pressed(message) ?? (words || t("preview.postback"));
  if (type === "thread_control") return t(`preview.control.${actionOf(message)}`);
  if (words !== "") return words;
  return isOneOf(NAMED, type) ? t(`preview.${type}`) : t("preview.unsupported");
}

/** What the contact did about the last message, when that is newer than what was written. */
export function reactionWords({ direction, reactions, type }: Message, t: TFunction<"inbox">): string | null {
  if (direction !== "outbound" || type === "deleted") return null;
  const reaction = reactions.find(({ by }) => by === "contact");
  return reaction ? t("preview.reacted", { emoji: reaction.emoji ?? "❤️" }) : null;
}

/** Who wrote, where it was not the contact. */
export function writerOf({ direction, origin, type }: Message): "you" | "automation" | "otherApp" | null {
  if (direction !== "outbound" || type === "thread_control") return null;
  if (origin === "automation") return "automation";
  return origin === "other_app" ? "otherApp" : "you";
}

function filesOf(message: Message, type: (typeof FILES)[number], t: TFunction<"inbox">): string {
  const { attachments } = message;
  if (type === "file") return attachments[0]?.name ? `📎 ${attachments[0].name}` : t("preview.file");
  if (type === "image" && attachments.length > 1) return t("preview.images", { count: attachments.length });
  return t(`preview.${type}`);
}

function pressed({ postback }: Message): string | null {
  const title: unknown = (postback as { title?: unknown } | null)?.title;
  return typeof title === "string" && title !== "" ? title : null;
}

function actionOf({ details }: Message): "pass" | "take" | "request" {
  const action: unknown = (details as { action?: unknown } | null)?.action;
  return action === "take" || action === "request" ? action : "pass";
}

const withText = (told: string, words: string, between: string): string =>
  words === "" ? told : `${told}${between}${words}`;

function isOneOf<T extends string>(list: readonly T[], value: string): value is T {
  return (list as readonly string[]).includes(value);
}
