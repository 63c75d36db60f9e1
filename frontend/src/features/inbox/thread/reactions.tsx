import type { Message } from "@/api/types";
import { useActions, useView } from "./thread-context";
import { emojiOf } from "./reaction-names";
import styles from "./row.module.css";

/** Who reacted, and how; one's own is taken back by pressing it. */
export function Reactions({ message }: { message: Message }) {
  const { t, say, name, reactions: offered } = useView();
  const { react } = useActions();
  if (message.reactions.length === 0) return null;
  return (
    <ul className={styles.reactions} aria-label={t("reactions.label")}>
      {message.reactions.map(({ by, reaction, emoji }) => {
        const sign = emoji ?? emojiOf(reaction);
        const what = say("reaction", reaction) ?? sign;
        const isOwn = by === "account";
        const label = isOwn ? t("reactions.byAccount", { what }) : t("reactions.byContact", { name, what });
        const canRemove = isOwn && offered?.length !== 0;
        return (
          <li key={by}>
            {canRemove ? (
              <button
                type="button"
                className={styles.reaction}
                data-own
                aria-label={t("reactions.removeOwn", { what })}
                title={t("reactions.removeOwn", { what })}
                onClick={() => react(message, null)}
              >
                {sign}
              </button>
            ) : (
              <span
                className={styles.reaction}
                role="img"
                aria-label={label}
                title={label}
                data-own={isOwn || undefined}
              >
                {sign}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
