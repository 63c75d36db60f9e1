import { useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Capabilities } from "@/api/types";
import { useVoice } from "@/components/announcer";
import { Closed } from "./closed";
import type { ComposerProps } from "./composer";
import { Editor } from "./editor";
import { isLastMinutes } from "./window/phase";
import { usePhase } from "./window/use-phase";

export interface GateProps extends ComposerProps {
  /** What the contact is called. */
  name: string;
  can: Capabilities;
  /** Whether the session may read, which canned replies need. */
  reads: boolean;
}

/** Opens and closes the composer with the window, also while somebody writes; the text is kept outside of it. */
export function Gate(props: GateProps) {
  const { account, conversation, can } = props;
  const { t } = useTranslation("composer");
  const { announce } = useVoice();
  const { phase, now } = usePhase(conversation, account);
  const place = useRef<HTMLDivElement>(null);
  const wasInside = useRef(false);
  const before = useRef(phase.kind);
  const ownedElsewhere = conversation.thread_owner !== null && conversation.thread_owner !== "self";
  const isLate = phase.kind === "open" && phase.until !== null && isLastMinutes(phase.until - now);

  // Before the next key is pressed, which would otherwise go nowhere.
  useLayoutEffect(() => {
    if (before.current === phase.kind) return;
    before.current = phase.kind;
    announce(t(phase.kind === "open" ? "window.openNow" : "window.closedNow"));
    const inside = place.current?.contains(document.activeElement) === true;
    if (wasInside.current && !inside)
      place.current?.querySelector<HTMLElement>("[data-takes-focus]")?.focus();
  }, [phase.kind, announce, t]);
  useEffect(() => {
    if (isLate) announce(t("window.lastMinutes"));
  }, [isLate, announce, t]);

  return (
    <div
      ref={place}
      onFocus={() => {
        wasInside.current = true;
      }}
      onBlur={() => {
        wasInside.current = false;
      }}
    >
      {phase.kind === "account" ? (
        <Closed why={phase.reason} {...props} />
      ) : phase.kind === "closed" ? (
        <Closed why={phase.reason} {...props} />
      ) : ownedElsewhere && can.extras.thread_control ? (
        <Closed why="owner" {...props} />
      ) : (
        <Editor {...props} phase={phase} now={now} isShared={ownedElsewhere} />
      )}
    </div>
  );
}
