import { lazy, Suspense, useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Spinner } from "@/components/spinner";
import { fieldValues } from "@/lib/canned-fields";
import type { BuilderKind } from "./builders/builders";
import { CannedList } from "./canned/canned-list";
import { useCanned } from "./canned/use-canned";
import { FileTray } from "./files/file-tray";
import { useDrop } from "./files/use-drop";
import { MessageBox } from "./message-box";
import { ReplyStrip } from "./reply-strip";
import { TooLong } from "./too-long";
import { Toolbar } from "./toolbar";
import { useEditor, type EditorProps } from "./use-editor";
import { WindowNotice } from "./window/window-notice";
import styles from "./composer.module.css";

const EmojiPicker = lazy(() => import("./emoji/emoji-picker"));
const VoiceNote = lazy(() => import("./voice/voice-note"));
const Builders = lazy(() => import("./builders/builders"));

export type Panel = "emoji" | "voice" | BuilderKind | null;

/** The open composer: what is written, what goes with it, and how long it may still go. */
export function Editor(props: EditorProps) {
  const { account, conversation, can, name, phase, now, replyTo, onReplyDone, reads, isShared } = props;
  const { t } = useTranslation("composer");
  const editor = useEditor(props);
  const { text, setText, control, uploads, items } = editor;
  const { focus } = control;
  const [panel, setPanel] = useState<Panel>(null);
  const form = useRef<HTMLFormElement>(null);
  const list = useId();
  const values = fieldValues(account, conversation.contact);
  const canned = useCanned(text, control, values, reads);
  const attach = (files: File[]) => uploads.add(files, can.media);
  const isOver = useDrop(form, attach);
  const comesBack = useRef(false);
  const close = () => {
    comesBack.current = true;
    setPanel(null);
  };
  useEffect(() => {
    if (panel === null && comesBack.current) focus();
    comesBack.current = false;
  }, [panel, focus]);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes, its Enter chooses a word.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (canned.onKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      editor.submit();
    } else if (event.key === "Escape" && replyTo !== null) {
      event.stopPropagation();
      onReplyDone();
    }
  };
  return (
    <>
      <form
        ref={form}
        className={styles.composer}
        aria-label={t("region", { name })}
        data-over={isOver || undefined}
        onSubmit={(event) => {
          event.preventDefault();
          editor.submit();
        }}
      >
        <WindowNotice
          phase={phase}
          now={now}
          name={name}
          human={editor.human}
          onHuman={editor.setHuman}
          isShared={isShared}
        />
        <div className={styles.frame}>
          {canned.isOpen && <CannedList id={list} canned={canned} values={values} />}
          {panel === "emoji" && (
            <div className={styles.above}>
              <Suspense fallback={<Spinner label={t("emoji.loading")} />}>
                <EmojiPicker onChoose={control.insert} onClose={close} />
              </Suspense>
            </div>
          )}
          {replyTo !== null && <ReplyStrip message={replyTo} name={name} onCancel={onReplyDone} />}
          <FileTray items={items} uploads={uploads} account={account} />
          {panel === "voice" ? (
            <Suspense fallback={<Spinner label={t("loading")} />}>
              <VoiceNote
                isHeld={editor.isHeld}
                audio={can.media["audio"] ?? { max_bytes: 0, content_types: [] }}
                onSend={(content) => {
                  if (editor.sendOther(content)) close();
                }}
                onClose={close}
              />
            </Suspense>
          ) : (
            <>
              <MessageBox
                name={name}
                control={control}
                text={text}
                list={canned.isOpen && canned.found.length > 0 ? { id: list, active: canned.active } : null}
                onChange={(next, caret) => {
                  setText(next);
                  editor.typing.written(next);
                  canned.look(next, caret);
                }}
                onCaret={(caret) => canned.look(text, caret)}
                onKeyDown={onKeyDown}
                onBlur={() => {
                  editor.typing.stop();
                  canned.close();
                }}
                onFiles={attach}
              />
              {editor.isLong && <TooLong text={text} can={can} onSend={() => editor.submit(true)} />}
              <Toolbar
                editor={editor}
                can={can}
                reads={reads}
                panel={panel}
                onPanel={setPanel}
                onFiles={attach}
              />
            </>
          )}
          {isOver && <p className={styles.drop}>{t("files.drop")}</p>}
        </div>
      </form>
      {(panel === "quick_replies" || panel === "buttons" || panel === "cards") && (
        <Suspense fallback={null}>
          <Builders
            kind={panel}
            can={can}
            name={name}
            text={text.trim()}
            onSend={(content) => {
              if (editor.sendOther(content, content.type !== "cards")) close();
            }}
            onClose={close}
          />
        </Suspense>
      )}
    </>
  );
}
