import { MessageCircle } from "lucide-react";
import { useMemo, useSyncExternalStore } from "react";
import type { Account, Conversation, Message } from "@/api/types";
import { EmptyState, ErrorState } from "@/components/state";
import { Spinner } from "@/components/spinner";
import { useOutbox } from "@/lib/root";
import { MessageList } from "./message-list";
import { inOrder, messageIn, withPending } from "./rows";
import { ActionsContext, ViewContext } from "./thread-context";
import { ThreadDialogs } from "./thread-dialogs";
import { useMessages } from "./use-messages";
import { useThreadActions } from "./use-thread-actions";
import { useThreadView } from "./use-thread-view";
import styles from "./list.module.css";

export interface ThreadProps {
  account: Account;
  conversation: Conversation;
  /** The agent wants to answer this message. */
  onReply: (message: Message) => void;
}

/** What was said with one contact, and what became of it. */
export function Thread(props: ThreadProps) {
  const { account_id: account, contact_id: contact } = props.conversation;
  return <Exchange key={`${account} ${contact}`} {...props} />;
}

function Exchange({ account, conversation, onReply }: ThreadProps) {
  const { account_id: id, contact_id: contact } = conversation;
  const view = useThreadView(account, conversation);
  const messages = useMessages(id, contact);
  const { query, pages } = messages;
  const { actions, dialog, close, wanted } = useThreadActions(view, messages, onReply);
  const outbox = useOutbox();
  const pending = useSyncExternalStore(outbox.watch, () => outbox.of(id, contact));
  const read = useMemo(() => inOrder(pages), [pages]);
  const rows = useMemo(
    () => withPending(read, pending, (shown) => messageIn(pages, shown) !== undefined),
    [read, pending, pages],
  );
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const older = useMemo(
    () => ({
      has: hasNextPage,
      isLoading: isFetchingNextPage,
      hasFailed: isFetchNextPageError && !isFetchingNextPage,
      load: () => void fetchNextPage({ cancelRefetch: false }),
    }),
    [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage],
  );
  const { t, name } = view;
  return (
    <ViewContext value={view}>
      <ActionsContext value={actions}>
        <section className={styles.thread} data-contact={contact}>
          {query.isPending ? (
            <Spinner label={t("loading")} />
          ) : query.data === undefined ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ) : rows.length === 0 ? (
            <EmptyState icon={<MessageCircle size={22} aria-hidden="true" />} title={t("empty.title")}>
              <p>{t("empty.text", { name })}</p>
            </EmptyState>
          ) : (
            <MessageList
              label={t(view.isComments ? "labelComments" : "label", { name })}
              {...{ rows, pages, older, wanted }}
            />
          )}
        </section>
        <ThreadDialogs dialog={dialog} onClose={close} />
      </ActionsContext>
    </ViewContext>
  );
}
