import type { Capabilities, OutgoingContent } from "@/api/types";
import { lengthOf } from "@/lib/surface";

type ButtonsContent = Extract<OutgoingContent, { type: "buttons" }>;
export type ApiButton = ButtonsContent["buttons"][number];
type CardsContent = Extract<OutgoingContent, { type: "cards" }>;
type ApiCard = CardsContent["cards"][number];

export interface ButtonDraft {
  kind: "web_url" | "postback";
  title: string;
  url: string;
  payload: string;
}

export interface CardDraft {
  title: string;
  subtitle: string;
  image: string;
  buttons: ButtonDraft[];
}

export const newButton = (): ButtonDraft => ({ kind: "web_url", title: "", url: "", payload: "" });
export const newCard = (): CardDraft => ({ title: "", subtitle: "", image: "", buttons: [] });

export type Fault =
  { is: "empty" } | { is: "long"; limit: number; unit: string } | { is: "url" } | { is: "cardBare" };

/** What is wrong with one line of text; `needed`: it may not be missing. */
export function textFault(text: string, limit: number, needed = true, unit = "characters"): Fault | null {
  const held = text.trim();
  if (held === "") return needed ? { is: "empty" } : null;
  return lengthOf(held, unit) > limit ? { is: "long", limit, unit } : null;
}

/** An address that Meta, or the contact's browser, can open. */
export function urlFault(address: string, limit: number, needed = true): Fault | null {
  const held = address.trim();
  if (held === "") return needed ? { is: "empty" } : null;
  if (lengthOf(held, "characters") > limit) return { is: "long", limit, unit: "characters" };
  return /^https:\/\/[^\s/]+\.[^\s]+$/i.test(held) && URL.canParse(held) ? null : { is: "url" };
}

export function buttonFaults(button: ButtonDraft, can: Capabilities) {
  return {
    title: textFault(button.title, can.title_limit),
    url: button.kind === "web_url" ? urlFault(button.url, can.url_limit) : null,
    payload: button.kind === "postback" ? textFault(button.payload, can.payload_limit, false) : null,
  };
}

export function cardFaults(card: CardDraft, can: Capabilities) {
  const bare = card.subtitle.trim() === "" && card.image.trim() === "" && card.buttons.length === 0;
  return {
    title: textFault(card.title, can.card_text_limit) ?? (bare ? ({ is: "cardBare" } as const) : null),
    subtitle: textFault(card.subtitle, can.card_text_limit, false),
    image: urlFault(card.image, can.url_limit, false),
  };
}

export const isFine = (faults: Record<string, Fault | null>): boolean =>
  Object.values(faults).every((fault) => fault === null);

export const isCardFine = (card: CardDraft, can: Capabilities): boolean =>
  isFine(cardFaults(card, can)) && card.buttons.every((button) => isFine(buttonFaults(button, can)));

/** What a tap hands back is, unless somebody says otherwise, what was tapped. */
export function asButton({ kind, title, url, payload }: ButtonDraft): ApiButton {
  const held = title.trim();
  return kind === "web_url"
    ? { type: "web_url", title: held, url: url.trim() }
    : { type: "postback", title: held, payload: payload.trim() || held };
}

export function asCard({ title, subtitle, image, buttons }: CardDraft): ApiCard {
  return {
    title: title.trim(),
    ...(subtitle.trim() === "" ? {} : { subtitle: subtitle.trim() }),
    ...(image.trim() === "" ? {} : { image_url: image.trim() }),
    ...(buttons.length === 0 ? {} : { buttons: buttons.map(asButton) }),
  };
}
