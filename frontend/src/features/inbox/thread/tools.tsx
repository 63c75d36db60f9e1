import { Copy, Ellipsis, Heart, Info, Reply, Smile, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import type { Message } from "@/api/types";
import { IconButton } from "@/components/button";
import { Menu, MenuItem, MenuLine } from "@/components/menu";
import { isReactable } from "./facts";
import { emojiOf, REACTIONS } from "./reaction-names";
import { useActions, useView } from "./thread-context";
import styles from "./row.module.css";

interface ToolsProps {
  message: Message;
  /** Whether the tabulator key stops here: at one message of the list alone. */
  isActive: boolean;
}

/** What can be done with a message, beside it. */
export function Tools({ message, isActive }: ToolsProps) {
  const { reactions } = useView();
  const canReact = reactions?.length !== 0 && isReactable(message);
  return (
    <div className={styles.tools}>
      {canReact && <ReactTool message={message} isActive={isActive} offered={reactions} />}
      <MoreTool message={message} isActive={isActive} />
    </div>
  );
}

function ReactTool({ message, isActive, offered }: ToolsProps & { offered: readonly string[] | null }) {
  const { t, say } = useView();
  const { react } = useActions();
  const own = message.reactions.find(({ by }) => by === "account");
  const [only] = offered?.length === 1 ? offered : [];
  if (only !== undefined) {
    return (
      <IconButton
        size="small"
        label={t(own ? "reactions.remove" : "reactions.love")}
        tabIndex={isActive ? 0 : -1}
        onClick={() => react(message, own ? null : only)}
      >
        <Heart size={16} aria-hidden="true" fill={own ? "currentColor" : "none"} />
      </IconButton>
    );
  }
  return (
    <MessageMenu label={t("reactions.add")} icon={<Smile size={16} aria-hidden="true" />} isActive={isActive}>
      {() => (
        <>
          {(offered ?? REACTIONS).map((reaction) => (
            <MenuItem
              key={reaction}
              icon={<span aria-hidden="true">{emojiOf(reaction)}</span>}
              onSelect={() => react(message, reaction)}
            >
              {say("reaction", reaction) ?? reaction}
            </MenuItem>
          ))}
          {own && (
            <>
              <MenuLine />
              <MenuItem icon={<Undo2 size={16} aria-hidden="true" />} onSelect={() => react(message, null)}>
                {t("reactions.remove")}
              </MenuItem>
            </>
          )}
        </>
      )}
    </MessageMenu>
  );
}

function MoreTool({ message, isActive }: ToolsProps) {
  const { t, isComments, maySend } = useView();
  const { reply, copy, showDetails } = useActions();
  const canReply = maySend && !isComments && message.message_id !== null && message.deleted_at === null;
  return (
    <MessageMenu label={t("menu.label")} icon={<Ellipsis size={16} aria-hidden="true" />} isActive={isActive}>
      {() => (
        <>
          {canReply && (
            <MenuItem icon={<Reply size={16} aria-hidden="true" />} onSelect={() => reply(message)}>
              {t("menu.reply")}
            </MenuItem>
          )}
          {message.text && (
            <MenuItem icon={<Copy size={16} aria-hidden="true" />} onSelect={() => copy(message.text ?? "")}>
              {t("menu.copy")}
            </MenuItem>
          )}
          <MenuItem icon={<Info size={16} aria-hidden="true" />} onSelect={() => showDetails(message)}>
            {t("menu.details")}
          </MenuItem>
        </>
      )}
    </MessageMenu>
  );
}

interface MessageMenuProps {
  label: string;
  icon: ReactNode;
  isActive: boolean;
  children: () => ReactNode;
}

function MessageMenu({ label, icon, isActive, children }: MessageMenuProps) {
  return (
    <Menu
      trigger={
        <IconButton size="small" label={label} tabIndex={isActive ? 0 : -1}>
          {icon}
        </IconButton>
      }
    >
      {children}
    </Menu>
  );
}
