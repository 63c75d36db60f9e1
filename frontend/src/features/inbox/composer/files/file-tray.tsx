import { FileText, Film, Image, Music, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Account } from "@/api/types";
import { useVoice } from "@/components/announcer";
import { Button, IconButton } from "@/components/button";
import { useErrorWords } from "@/components/error-words";
import { PLATFORMS } from "@/lib/names";
import { useLocale } from "@/lib/root";
import { sizeWords } from "../../size-words";
import { endingsOf, type Kind } from "./file-check";
import type { Item, Uploads } from "./uploads";
import styles from "./file-tray.module.css";

const SIGNS: Record<Kind, typeof Image> = { image: Image, video: Film, audio: Music, file: FileText };

interface FileTrayProps {
  items: readonly Item[];
  uploads: Uploads;
  account: Account;
}

/** The files that go with the message, each with how far it is or why it does not go. */
export function FileTray({ items, uploads, account }: FileTrayProps) {
  const { t } = useTranslation("composer");
  useAddedWords(items);
  if (items.length === 0) return null;
  return (
    <ul className={styles.tray} aria-label={t("files.list")}>
      {items.map((item) => (
        <Tile
          key={item.id}
          item={item}
          uploads={uploads}
          platform={PLATFORMS[account.platform] ?? account.platform}
        />
      ))}
    </ul>
  );
}

function Tile({ item, uploads, platform }: { item: Item; uploads: Uploads; platform: string }) {
  const { t } = useTranslation("composer");
  const locale = useLocale();
  const fault = useFault(item, platform);
  const { id, file, kind, state, part } = item;
  const Sign = SIGNS[kind];
  const name = file.name;
  const goesOtherwise = kind === "file" && /^(image|video|audio)\//.test(file.type) && state !== "refused";
  return (
    <li className={styles.tile} data-fault={fault !== null || undefined}>
      <span className={styles.picture}>
        {item.preview !== null && kind === "image" ? (
          <img src={item.preview} alt="" className={styles.image} />
        ) : (
          <Sign size={20} aria-hidden="true" />
        )}
      </span>
      <span className={styles.words}>
        <span className={styles.name}>{name}</span>
        {fault === null ? (
          <span className={styles.note}>
            {sizeWords(file.size, locale)}
            {state === "waiting" && ` · ${t("files.waiting")}`}
            {goesOtherwise && ` · ${t("files.asFile")}`}
          </span>
        ) : (
          <span className={styles.fault}>{fault}</span>
        )}
        {state === "uploading" && (
          <progress className={styles.progress} value={part} aria-label={t("files.progress", { name })} />
        )}
      </span>
      {state === "failed" && (
        <Button size="small" onClick={() => uploads.retry(id)}>
          {t("files.retry")}
        </Button>
      )}
      <IconButton
        size="small"
        label={t(state === "uploading" ? "files.cancel" : "files.remove", { name })}
        onClick={() => uploads.remove(id)}
      >
        <X size={15} aria-hidden="true" />
      </IconButton>
    </li>
  );
}

function useFault({ state, verdict, error }: Item, platform: string): string | null {
  const { t } = useTranslation("composer");
  const locale = useLocale();
  const words = useErrorWords();
  if (state === "failed") return t("files.failed", { why: words(error) });
  if (state !== "refused" || verdict.ok) return null;
  const kind = t(`files.kinds.${verdict.kind}`);
  if (verdict.why === "empty") return t("files.empty");
  if (verdict.why === "size") return t("files.size", { kind, limit: sizeWords(verdict.limit, locale) });
  const takes = endingsOf(verdict.takes);
  return takes === ""
    ? t("files.typeNothing", { platform, kind })
    : t("files.type", { platform, kind, takes });
}

/** Says what became of files that were added: whoever dropped them looks elsewhere, or does not look. */
function useAddedWords(items: readonly Item[]) {
  const { t } = useTranslation("composer");
  const { announce } = useVoice();
  const known = useRef<ReadonlySet<string>>(new Set(items.map(({ id }) => id)));
  useEffect(() => {
    const added = items.filter(({ id }) => !known.current.has(id));
    known.current = new Set(items.map(({ id }) => id));
    if (added.length === 0) return;
    const refused = added.filter(({ state }) => state === "refused").length;
    const words = [
      added.length > refused && t("files.added", { count: added.length - refused }),
      refused > 0 && t("files.refused", { count: refused }),
    ];
    announce(words.filter(Boolean).join(". "));
  }, [items, announce, t]);
}
