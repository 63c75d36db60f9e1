import type { Capabilities, OutgoingContent } from "@/api/types";
import { ButtonsBuilder } from "./buttons-builder";
import { CardsBuilder } from "./cards-builder";
import { QuickRepliesBuilder } from "./quick-replies-builder";

export type BuilderKind = "quick_replies" | "buttons" | "cards";

export interface BuilderProps {
  can: Capabilities;
  /** What the contact is called. */
  name: string;
  /** What was written so far. */
  text: string;
  onSend: (content: OutgoingContent) => void;
  onClose: () => void;
}

const BUILDERS = { quick_replies: QuickRepliesBuilder, buttons: ButtonsBuilder, cards: CardsBuilder };

/** Makes a message that is more than a text. */
export default function Builders({ kind, ...props }: BuilderProps & { kind: BuilderKind }) {
  const Builder = BUILDERS[kind];
  return <Builder {...props} />;
}
