import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/errors";
import type { components } from "@/api/schema";
import { useVoice } from "@/components/announcer";
import { keys } from "@/lib/keys";
import { useClient } from "@/lib/root";

export type CannedReply = components["schemas"]["CannedReply"];

export interface ReplyDraft {
  shortcut: string;
  text: string;
}

/** The replies by shortcut. Nothing is told of a change elsewhere, so they are read whenever they are shown. */
export function useReplies(allowed: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: keys.cannedReplies,
    queryFn: client.cannedReplies,
    enabled: allowed,
    refetchOnMount: "always",
  });
}

/** Keeps a new reply, or what became different of one. */
export function useSaveReply(reply: CannedReply | null, onDone: (saved: CannedReply) => void) {
  const { t } = useTranslation("cannedReplies");
  const client = useClient();
  const { put } = useKnown();
  const { toast } = useVoice();
  return useMutation({
    mutationFn: (draft: ReplyDraft) =>
      reply === null ? client.addCannedReply(draft) : client.changeCannedReply(reply.id, draft),
    onSuccess: (saved) => {
      put((all) => [...all.filter(({ id }) => id !== saved.id), saved]);
      toast(t(reply === null ? "done.created" : "done.changed", { shortcut: saved.shortcut }));
      onDone(saved);
    },
  });
}

export function useDeleteReply(reply: CannedReply, onDone: () => void) {
  const { t } = useTranslation("cannedReplies");
  const client = useClient();
  const { put } = useKnown();
  const { toast } = useVoice();
  return useMutation({
    mutationFn: async () => {
      try {
        await client.deleteCannedReply(reply.id);
      } catch (error) {
        // Somebody else was quicker: it is gone, which was wanted.
        if (!(error instanceof ApiProblem && error.status === 404)) throw error;
      }
    },
    onSuccess: () => {
      put((all) => all.filter(({ id }) => id !== reply.id));
      toast(t("done.deleted", { shortcut: reply.shortcut }));
      onDone();
    },
  });
}

function useKnown() {
  const cache = useQueryClient();
  const put = (change: (all: CannedReply[]) => CannedReply[]) => {
    cache.setQueryData<CannedReply[]>(keys.cannedReplies, (all) => all && byShortcut(change(all)));
    void cache.invalidateQueries({ queryKey: keys.cannedReplies });
  };
  return { put };
}

/** As the service sorts them: whatever the case of their letters. */
function byShortcut(replies: CannedReply[]): CannedReply[] {
  const key = ({ shortcut }: CannedReply) => shortcut.toLowerCase();
  return replies.toSorted((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
}
