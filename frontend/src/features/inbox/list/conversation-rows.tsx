import { useCallback, useEffect, useRef, type CSSProperties, type ReactNode, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { Virtualizer } from "virtua";
import type { Account, Conversation } from "@/api/types";
import { ConversationRow } from "./conversation-row";
import { placeOf } from "./steady";
import { useAnchor } from "./use-anchor";
import { useRoving } from "./use-roving";
import styles from "./conversation-rows.module.css";

interface RowsProps {
  conversations: readonly Conversation[];
  accounts: ReadonlyMap<string, Account>;
  namesAccounts: boolean;
  /** The place of the conversation that is open. */
  open: string | null;
  onOpen: (conversation: Conversation) => void;
  /** The end of what is read comes into view. */
  onEnd: () => void;
  /** Raised when the list is to be seen from its top. */
  toTop: number;
  children?: ReactNode;
}

const ROW_HEIGHT = 82;
const READ_AHEAD = 8;

/** The conversations, of which only those in view are drawn. Arrows go from one to the next. */
export function ConversationRows(props: RowsProps) {
  const { conversations, accounts, namesAccounts, open, onOpen, onEnd, toTop, children } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { list, onScroll } = useAnchor(conversations, scroller);
  const { stop, stopIndex, onKeyDown, onFocus } = useRoving(conversations, open, scroller, list);

  const lookAhead = useCallback(() => {
    const handle = list.current;
    if (!handle) return;
    const last = handle.findItemIndex(handle.scrollOffset + handle.viewportSize);
    if (last >= conversations.length - READ_AHEAD) onEnd();
  }, [list, conversations.length, onEnd]);
  useEffect(lookAhead, [lookAhead]);
  useEffect(() => {
    if (toTop > 0) list.current?.scrollTo(0);
  }, [list, toTop]);

  return (
    // The keys of the rows inside, which are what can be focused.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div ref={scroller} className={styles.scroller} onKeyDown={onKeyDown} onFocus={onFocus}>
      <Virtualizer
        ref={list}
        data={conversations}
        as={List}
        item={Item}
        itemSize={ROW_HEIGHT}
        keepMounted={stopIndex < 0 ? NOTHING : [stopIndex]}
        onScroll={() => {
          onScroll();
          lookAhead();
        }}
      >
        {(conversation) => (
          <ConversationRow
            key={placeOf(conversation)}
            conversation={conversation}
            account={accounts.get(conversation.account_id)}
            namesAccount={namesAccounts}
            isOpen={placeOf(conversation) === open}
            isStop={placeOf(conversation) === stop}
            onOpen={onOpen}
          />
        )}
      </Virtualizer>
      {children}
    </div>
  );
}

const NOTHING: readonly number[] = [];

interface ListProps {
  style: CSSProperties;
  children: ReactNode;
  ref?: Ref<HTMLUListElement>;
}

function List({ style, children, ref }: ListProps) {
  const { t } = useTranslation("inbox");
  return (
    <ul ref={ref} style={style} aria-label={t("list.label")}>
      {children}
    </ul>
  );
}

interface ItemProps {
  style: CSSProperties;
  index: number;
  children: ReactNode;
  ref?: Ref<HTMLLIElement>;
}

/** Its number is said, since what is not in view is not in the page. */
function Item({ style, index, children, ref }: ItemProps) {
  return (
    <li ref={ref} style={style} aria-posinset={index + 1} aria-setsize={-1}>
      {children}
    </li>
  );
}
