import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { MetaInboxClient } from "@/api/client";
import type { Conversation } from "@/api/types";
import { keys } from "@/lib/keys";
import { putConversation } from "@/lib/live-cache";
import { useClient } from "@/lib/root";
import { useVisible } from "./use-visible";

const APART_MS = 2000;

/** Marks the conversation read while it is open and can be seen, also what comes meanwhile. */
export function useMarkRead(conversation: Conversation | null): void {
  const client = useClient();
  const cache = useQueryClient();
  const isVisible = useVisible();
  const marks = useRef<ReadMarks>(null);
  useEffect(() => {
    const made = (marks.current = new ReadMarks(client, cache));
    return () => made.stop();
  }, [client, cache]);
  useEffect(() => {
    if (isVisible && conversation) marks.current?.see(conversation);
    else marks.current?.look();
  }, [conversation, isVisible]);
}

/** Shown at once, told to the service at most every two seconds: contacts may write faster than that. */
class ReadMarks {
  #told = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next: Conversation | null = null;
  /** The last message when marking failed: it is not tried again until there is a reason to. */
  #failedAt: string | null = null;

  constructor(
    private readonly client: MetaInboxClient,
    private readonly cache: QueryClient,
  ) {}

  see(conversation: Conversation): void {
    if (conversation.unread_count === 0 || nameOf(conversation) === this.#failedAt) return;
    if (this.#next && this.#next.contact_id !== conversation.contact_id) void this.#tell();
    this.#next ??= conversation;
    putConversation(this.cache, { ...conversation, unread_count: 0 });
    this.#timer ??= setTimeout(() => void this.#tell(), Math.max(0, this.#told + APART_MS - Date.now()));
  }

  /** The agent looked away: what failed is worth another try when they come back. */
  look(): void {
    this.#failedAt = null;
  }

  stop(): void {
    if (this.#next) void this.#tell();
  }

  async #tell(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const marked = this.#next;
    if (marked === null) return;
    this.#next = null;
    this.#told = Date.now();
    const { account_id: account, contact_id: contact } = marked;
    try {
      await this.client.markRead({ account, contact });
    } catch {
      const now = this.cache.getQueryData<Conversation>(keys.conversation(account, contact)) ?? marked;
      this.#failedAt = nameOf(now);
      putConversation(this.cache, { ...now, unread_count: Math.max(now.unread_count, marked.unread_count) });
    }
  }
}

const nameOf = ({ account_id, contact_id, last_message }: Conversation): string =>
  `${account_id} ${contact_id} ${last_message?.id ?? ""}`;
