import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message, OutgoingContent } from "@/api/types";
import { useVoice } from "@/components/announcer";
import { useComposing } from "@/lib/composing";
import { lengthOf } from "@/lib/surface";
import { contentsOf } from "./files/uploads";
import { useUploads } from "./files/use-uploads";
import type { GateProps } from "./gate";
import { useDraft } from "./use-draft";
import { useMessageBox } from "./use-message-box";
import { useSend } from "./use-send";
import { useTyping } from "./use-typing";
import type { Phase } from "./window/phase";

export interface EditorProps extends GateProps {
  phase: Extract<Phase, { kind: "open" | "human" }>;
  now: number;
  /** Another app answers as well. */
  isShared: boolean;
}

/** What is being written, and how it goes. */
export function useEditor({ account, conversation, can, phase, replyTo, onReplyDone }: EditorProps) {
  const { t } = useTranslation("composer");
  const { announce, toast } = useVoice();
  const [accountId, contact] = [account.id, conversation.contact_id];
  const [text, setText] = useDraft(accountId, contact);
  const control = useMessageBox(text, setText);
  const { uploads, items } = useUploads(accountId, contact);
  const [human, setHuman] = useState(false);
  const asHuman = phase.kind === "human" && human;
  const isHeld = phase.kind === "human" && !human;
  const typing = useTyping(accountId, contact, phase.kind === "open");
  const onSent = useCallback(() => {
    typing.sent();
    onReplyDone();
  }, [typing, onReplyDone]);
  const send = useSend({ account, conversation, replyTo, asHuman, onSent });
  const length = lengthOf(text.trim(), can.text_unit);
  const isLong = length > can.text_limit;
  const isEmpty = text.trim() === "" && items.length === 0;

  const fault = (split: boolean): string | null => {
    if (isHeld) return t("window.humanFirst");
    if (isLong && !split) return t("long.limit");
    if (items.some(({ state }) => state === "failed" || state === "refused")) return t("files.fix");
    return items.every(({ state }) => state === "done") ? null : t("files.wait");
  };
  /** Sends what is there, or says why not. */
  const submit = (split = false) => {
    if (isEmpty) return;
    const why = fault(split);
    if (why !== null) {
      // Of what is held or too long, words stand beside the text box all the time.
      if (isHeld || (isLong && !split)) announce(why);
      else toast(why);
      return;
    }
    const words = text.trim();
    const contents = contentsOf(items, can);
    if (words !== "") contents.push({ type: "text", text: words });
    send(contents, split);
    uploads.clear();
    setText("");
    control.focus();
  };
  /** Sends what is more than a text, and says whether that was possible. */
  const sendOther = (content: OutgoingContent, takesText = false): boolean => {
    if (isHeld) {
      toast(t("window.humanFirst"));
      return false;
    }
    send([content]);
    if (takesText) setText("");
    control.focus();
    return true;
  };
  useWanted(control.focus, replyTo);
  return {
    text,
    setText,
    control,
    uploads,
    items,
    human,
    setHuman,
    isHeld,
    typing,
    length,
    isLong,
    isEmpty,
    submit,
    sendOther,
  };
}

/** Goes to the text box when a message is to be answered, or a text comes back. */
function useWanted(focus: () => void, replyTo: Message | null) {
  const answered = replyTo?.id;
  useEffect(() => {
    if (answered !== undefined) focus();
  }, [answered, focus]);
  const composing = useComposing();
  useEffect(() => composing.onWanted(focus), [composing, focus]);
}

export type EditorState = ReturnType<typeof useEditor>;
