import { lazy, Suspense, useEffect } from "react";
import { ResendDialog } from "./resend-dialog";
import type { OpenDialog } from "./use-thread-actions";

const Details = lazy(async () => ({ default: (await import("./details-dialog")).DetailsDialog }));
const Lightbox = lazy(async () => ({ default: (await import("./lightbox")).Lightbox }));
const Answer = lazy(async () => ({ default: (await import("./answer-dialog")).AnswerDialog }));

interface DialogsProps {
  dialog: OpenDialog | null;
  onClose: () => void;
}

/** What is opened over the conversation; what is seldom needed is loaded then. */
export function ThreadDialogs({ dialog, onClose }: DialogsProps) {
  const id = dialog?.message.id;
  useEffect(() => (id === undefined ? undefined : () => giveBackFocus(id)), [id]);
  if (dialog === null) return null;
  return (
    <Suspense fallback={null}>
      {dialog.kind === "details" && <Details message={dialog.message} onClose={onClose} />}
      {dialog.kind === "pictures" && <Lightbox {...dialog} onClose={onClose} />}
      {dialog.kind === "resend" && <ResendDialog message={dialog.message} onClose={onClose} />}
      {dialog.kind === "answer" && <Answer message={dialog.message} way={dialog.way} onClose={onClose} />}
    </Suspense>
  );
}

/** What a menu opened has nothing to give the focus back to, since the menu is gone: the message takes it. */
function giveBackFocus(id: string): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>(`[data-row="${id}"]`)?.focus({ preventScroll: true });
  });
}
