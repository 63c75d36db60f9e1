import type { QueryClient } from "@tanstack/react-query";
import type { Conversation } from "@/api/types";
import { keys } from "@/lib/keys";
import { putConversation } from "@/lib/live-cache";

const APART_MS = 2000;

/** Shown at once, told to the service at most every two seconds: contacts may write faster than that. */
export class ReadMarks {
  #told = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next: Conversation | null = null;
  /** The last message when marking failed: it is not tried again until there is a reason to. */
  #failedAt: string | null = null;

  constructor(
    private readonly client: { markRead: (where: { account: string; contact: string }) => Promise<unknown> },
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
