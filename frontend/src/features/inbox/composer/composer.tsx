import { useTranslation } from "react-i18next";
import type { Account, Conversation, Message } from "@/api/types";
import { ErrorState } from "@/components/state";
import { Spinner } from "@/components/spinner";
import { contactName } from "@/lib/names";
import { useMe } from "@/lib/session";
import { useSurface } from "@/lib/surface";
import { Closed } from "./closed";
import { Gate } from "./gate";
import styles from "./composer.module.css";

export interface ComposerProps {
  account: Account;
  conversation: Conversation;
  /** The message that is answered. */
  replyTo: Message | null;
  /** It is not answered any more: sent, or given up. */
  onReplyDone: () => void;
  /** Asked for when the account must be connected again. */
  onReconnect?: (() => void) | undefined;
}

/** Where an agent writes: as the platform, its window and the session allow it, and else why not. */
export function Composer(props: ComposerProps) {
  const { account, conversation } = props;
  const { t } = useTranslation("composer");
  const me = useMe();
  const surface = useSurface(account);
  const name = contactName(conversation.contact) ?? t("nobody");
  // What could not be read once more is known as it was.
  const unread = [me, surface].find(({ isLoadingError }) => isLoadingError);
  if (unread) {
    const again = () => {
      void me.refetch();
      void surface.refetch();
    };
    return (
      <div className={styles.place}>
        <ErrorState error={unread.error} onRetry={again} />
      </div>
    );
  }
  if (me.data === undefined || surface.isPending) {
    return (
      <div className={styles.place}>
        <Spinner label={t("loading")} />
      </div>
    );
  }
  if (!me.data.scopes.includes("messages:send")) return <Closed why="scope" name={name} {...props} />;
  if (conversation.kind === "comments") return <Closed why="comments" name={name} {...props} />;
  if (surface.data === undefined) return <Closed why="surface" name={name} {...props} />;
  return (
    <Gate
      key={`${account.id} ${conversation.contact_id}`}
      {...props}
      name={name}
      can={surface.data}
      reads={me.data.scopes.includes("messages:read")}
    />
  );
}
