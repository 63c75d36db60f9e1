import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiProblem } from "@/api/errors";
import type { Message } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useErrorWords } from "@/components/error-words";
import { TextArea } from "@/components/field";
import { putAnswer } from "@/lib/answers";
import { putMessages } from "@/lib/live-cache";
import { randomKey } from "@/lib/random-key";
import { useClient } from "@/lib/root";
import { lengthOf } from "@/lib/surface";
import { summaryOf } from "./summary";
import { useView, type ThreadView } from "./thread-context";
import styles from "./dialogs.module.css";

interface AnswerProps {
  message: Message;
  way: "public" | "private";
  onClose: () => void;
}

/** Answers a comment, under it or in private. */
export function AnswerDialog({ message, way, onClose }: AnswerProps) {
  const view = useView();
  const { t, account, contact } = view;
  const client = useClient();
  const cache = useQueryClient();
  const words = useErrorWords();
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  // Until something else is written, pressing again cannot answer twice.
  const [key, setKey] = useState(randomKey);
  const tooLong = overLimit(text, way, view);
  const send = async () => {
    setBusy(true);
    try {
      const reply = way === "public" ? client.replyPublicly : client.replyPrivately;
      putAnswer(cache, await reply({ account, contact, message: message.id }, text.trim(), key));
      onClose();
    } catch (error) {
      const kept = error instanceof ApiProblem ? error.problem.message : undefined;
      if (kept) putMessages(cache, [kept]);
      setFault(words(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t(`comment.${way}Title`)}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{view.cancel}</Button>
          <Button
            look="primary"
            busy={isBusy}
            disabled={text.trim() === "" || tooLong !== null}
            onClick={() => void send()}
          >
            {t("comment.send")}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        <blockquote className={styles.cited} dir="auto">
          {summaryOf(message, view)}
        </blockquote>
        <TextArea
          label={t("comment.answer")}
          hint={t(`comment.${way}Text`)}
          fault={tooLong ?? fault}
          value={text}
          dir="auto"
          onChange={(event) => {
            setText(event.target.value);
            setFault(null);
            setKey(randomKey());
          }}
        />
      </div>
    </Dialog>
  );
}

function overLimit(text: string, way: "public" | "private", { surface, t }: ThreadView): string | null {
  if (surface === null) return null;
  const limit = way === "public" ? surface.public_text_limit : surface.text_limit;
  const length = lengthOf(text.trim(), way === "public" ? "characters" : surface.text_unit);
  return length > limit ? t("comment.tooLong", { length, limit }) : null;
}
