import { Lock, Plus, SearchX, Zap } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Spinner } from "@/components/spinner";
import { EmptyState, ErrorState } from "@/components/state";
import { plain } from "@/lib/plain";
import { useMe } from "@/lib/session";
import { DeleteReply } from "./delete-reply";
import { ReplyForm } from "./reply-form";
import { ReplyList } from "./reply-list";
import { Search } from "./search";
import { useReplies, type CannedReply } from "./use-replies";
import styles from "./canned-replies.module.css";

type Open = { is: "form"; reply: CannedReply | null } | { is: "delete"; reply: CannedReply } | null;

/** The replies that the team keeps: found, written, changed and taken away. */
export function CannedReplies() {
  const { t } = useTranslation("cannedReplies");
  const me = useMe();
  const scopes = me.data?.scopes ?? [];
  const [mayRead, mayChange] = [scopes.includes("messages:read"), scopes.includes("messages:send")];
  const replies = useReplies(mayRead);
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<Open>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const close = () => setOpen(null);
  const create = () => setOpen({ is: "form", reply: null });
  const all = replies.data ?? [];
  const sought = plain(search.trim().replace(/^\//, ""));
  const found = all.filter(({ shortcut, text }) => plain(`${shortcut} ${text}`).includes(sought));

  const content = () => {
    if (me.data && !mayRead)
      return (
        <EmptyState icon={<Lock size={22} aria-hidden="true" />} title={t("noScope.title")}>
          <p>{t("noScope.text")}</p>
        </EmptyState>
      );
    if (me.isLoadingError) return <ErrorState error={me.error} onRetry={() => void me.refetch()} />;
    if (replies.data === undefined && replies.isError)
      return <ErrorState error={replies.error} onRetry={() => void replies.refetch()} />;
    if (replies.data === undefined) return <Spinner label={t("loading")} />;
    if (all.length === 0)
      return (
        <EmptyState icon={<Zap size={22} aria-hidden="true" />} title={t("empty.title")}>
          <p>{t("empty.text")}</p>
          {mayChange && (
            <Button look="primary" onClick={create}>
              {t("empty.first")}
            </Button>
          )}
        </EmptyState>
      );
    return (
      <>
        <Search value={search} onChange={setSearch} count={found.length} />
        {found.length === 0 ? (
          <EmptyState
            icon={<SearchX size={22} aria-hidden="true" />}
            title={t("noneFound.title", { search: search.trim() })}
          >
            <p>{t("noneFound.text")}</p>
            <Button onClick={() => setSearch("")}>{t("noneFound.clear")}</Button>
          </EmptyState>
        ) : (
          <ReplyList
            replies={found}
            mayChange={mayChange}
            onEdit={(reply) => setOpen({ is: "form", reply })}
            onDelete={(reply) => setOpen({ is: "delete", reply })}
          />
        )}
      </>
    );
  };

  return (
    <section className={styles.screen}>
      <header className={styles.header}>
        <div className={styles.heading}>
          <h1 ref={heading} tabIndex={-1}>
            {t("title")}
          </h1>
          <p className={styles.lead}>{t("lead")}</p>
        </div>
        {mayChange && all.length > 0 && (
          <Button look="primary" className={styles.new} onClick={create}>
            <Plus size={18} aria-hidden="true" />
            {t("new")}
          </Button>
        )}
      </header>
      {content()}
      {open?.is === "form" && <ReplyForm reply={open.reply} replies={all} onClose={close} />}
      {open?.is === "delete" && (
        <DeleteReply
          reply={open.reply}
          onClose={close}
          onDone={() => {
            close();
            // The button that had the focus is gone with its reply.
            setTimeout(() => heading.current?.focus());
          }}
        />
      )}
    </section>
  );
}
