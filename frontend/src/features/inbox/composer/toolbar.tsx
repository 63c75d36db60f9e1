import {
  Heart,
  LayoutPanelTop,
  ListPlus,
  Mic,
  Paperclip,
  Plus,
  Send,
  Smile,
  SquareMousePointer,
  ThumbsUp,
  Zap,
} from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Capabilities } from "@/api/types";
import { IconButton } from "@/components/button";
import { Menu, MenuItem } from "@/components/menu";
import { Counter } from "./counter";
import type { Panel } from "./editor";
import type { EditorState } from "./use-editor";
import styles from "./toolbar.module.css";

interface ToolbarProps {
  editor: EditorState;
  can: Capabilities;
  /** Whether canned replies can be read. */
  reads: boolean;
  panel: Panel;
  onPanel: (panel: Panel) => void;
  onFiles: (files: File[]) => void;
}

const STICKERS = { like_heart: Heart, thumbs_up: ThumbsUp } as const;
type Sticker = keyof typeof STICKERS;

/** What can be put into a message, or sent in place of one. */
export function Toolbar({ editor, can, reads, panel, onPanel, onFiles }: ToolbarProps) {
  const { t } = useTranslation("composer");
  const picker = useRef<HTMLInputElement>(null);
  const { control, text, isHeld, isEmpty } = editor;
  const takes = (kind: string) => can.sends.includes(kind);
  const callCanned = () => {
    const before = text.slice(0, control.box.current?.selectionStart ?? text.length);
    control.focus();
    control.insert(/(^|\s)$/.test(before) ? "/" : " /");
  };
  const stickers = takes("sticker") ? can.stickers.filter((name): name is Sticker => name in STICKERS) : [];
  return (
    <div className={styles.tools}>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
          control.focus();
        }}
      />
      <IconButton label={t("attach")} onClick={() => picker.current?.click()}>
        <Paperclip size={19} aria-hidden="true" />
      </IconButton>
      <IconButton
        label={t("emojiOpen")}
        aria-expanded={panel === "emoji"}
        onClick={() => onPanel(panel === "emoji" ? null : "emoji")}
      >
        <Smile size={19} aria-hidden="true" />
      </IconButton>
      {reads && (
        <IconButton label={t("cannedOpen")} onClick={callCanned}>
          <Zap size={19} aria-hidden="true" />
        </IconButton>
      )}
      <Menu
        side="top"
        align="start"
        trigger={
          <IconButton label={t("more")} disabled={isHeld}>
            <Plus size={20} aria-hidden="true" />
          </IconButton>
        }
      >
        {takes("quick_replies") && (
          <MenuItem
            icon={<ListPlus size={17} aria-hidden="true" />}
            onSelect={() => onPanel("quick_replies")}
          >
            {t("addQuickReplies")}
          </MenuItem>
        )}
        {takes("buttons") && (
          <MenuItem
            icon={<SquareMousePointer size={17} aria-hidden="true" />}
            onSelect={() => onPanel("buttons")}
          >
            {t("addButtons")}
          </MenuItem>
        )}
        {takes("cards") && (
          <MenuItem icon={<LayoutPanelTop size={17} aria-hidden="true" />} onSelect={() => onPanel("cards")}>
            {t("addCards")}
          </MenuItem>
        )}
        {stickers.map((name) => {
          const Sign = STICKERS[name];
          return (
            <MenuItem
              key={name}
              icon={<Sign size={17} aria-hidden="true" />}
              onSelect={() => editor.sendOther({ type: "sticker", name })}
            >
              {t(`stickers.${name}`)}
            </MenuItem>
          );
        })}
      </Menu>
      <span className={styles.space} />
      <Counter length={editor.length} can={can} />
      {isEmpty && takes("audio") && (
        <IconButton label={t("record")} disabled={isHeld} onClick={() => onPanel("voice")}>
          <Mic size={19} aria-hidden="true" />
        </IconButton>
      )}
      <IconButton
        type="submit"
        label={t("send")}
        look="primary"
        className={styles.send}
        disabled={isEmpty || isHeld || editor.isLong}
      >
        <Send size={18} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
