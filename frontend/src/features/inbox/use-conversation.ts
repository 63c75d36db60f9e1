import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Conversation } from "@/api/types";
import { keys } from "@/lib/keys";
import type { ConversationPages } from "@/lib/pages";
import { useClient } from "@/lib/root";

/** One conversation: as some list has it, or read by itself when its address was opened. */
export function useConversation(selected: { account: string; contact: string } | null) {
  const client = useClient();
  const cache = useQueryClient();
  const { account, contact } = selected ?? { account: "", contact: "" };
  return useQuery<Conversation>({
    queryKey: keys.conversation(account, contact),
    queryFn: () => client.conversation({ account, contact }),
    initialData: () =>
      cache
        .getQueriesData<ConversationPages>({ queryKey: keys.conversationsOf(account) })
        .flatMap(([, list]) => list?.pages ?? [])
        .flatMap(({ conversations }) => conversations)
        .find((each) => each.contact_id === contact),
    enabled: selected !== null,
    staleTime: Infinity,
  });
}
