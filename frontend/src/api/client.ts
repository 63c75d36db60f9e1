import { bodyOf, createTransport, type ClientOptions } from "./transport";
import type { MetaLogin, Outgoing } from "./types";
import { upload } from "./upload";

export type { ClientOptions } from "./transport";
export type MetaInboxClient = ReturnType<typeof createMetaInboxClient>;

type Where = { account: string; contact: string };

/** Everything the service does for an agent, as typed calls. Each throws ApiProblem or Unreachable. */
export function createMetaInboxClient(options: ClientOptions) {
  const { api, address, token } = createTransport(options);
  const at = (path: Where & { message: string }) => ({ params: { path } });
  return {
    /** Where a live connection opens. */
    liveAddress: () => new URL(address("/live"), globalThis.location.href).href.replace(/^http/, "ws"),
    /** Where the service is: whence the window of a login answers. */
    origin: () => new URL(address("/"), globalThis.location.href).origin,
    me: () => bodyOf(api.GET("/api/meta/me")),
    capabilities: async () => (await bodyOf(api.GET("/api/meta/capabilities"))).surfaces,

    accounts: async () => (await bodyOf(api.GET("/api/meta/accounts"))).accounts,
    /** One account, with how far its earlier conversations are read back. */
    account: (account: string) =>
      bodyOf(api.GET("/api/meta/accounts/{account}", { params: { path: { account } } })),
    disconnect: (account: string) =>
      bodyOf(api.DELETE("/api/meta/accounts/{account}", { params: { path: { account } } })),
    health: async (account: string) =>
      (await bodyOf(api.GET("/api/meta/accounts/{account}/health", { params: { path: { account } } })))
        .checks,
    startLogin: (query: {
      login?: MetaLogin;
      platform?: "instagram" | "messenger" | "all";
      return_to?: string;
    }) => bodyOf(api.GET("/api/meta/oauth/start", { params: { query } })),
    candidates: async (completion: string) =>
      (await bodyOf(api.POST("/api/meta/oauth/completions", { body: { completion } }))).candidates,
    connect: (completion: string, keys?: string[]) =>
      bodyOf(api.POST("/api/meta/oauth/complete", { body: keys ? { completion, keys } : { completion } })),

    conversations: (
      account: string,
      { unread: only, ...query }: { cursor?: string; q?: string; unread?: boolean; limit?: number },
      signal?: AbortSignal,
    ) =>
      bodyOf(
        api.GET("/api/meta/conversations/{account}", {
          params: {
            path: { account },
            query: {
              ...query,
              ...(only === undefined ? {} : { unread: only ? ("true" as const) : ("false" as const) }),
            },
          },
          ...(signal ? { signal } : {}),
        }),
      ),
    conversation: (path: Where) =>
      bodyOf(api.GET("/api/meta/conversations/{account}/{contact}", { params: { path } })),
    messages: (path: Where, query: { cursor?: string; limit?: number }, signal?: AbortSignal) =>
      bodyOf(
        api.GET("/api/meta/messages/{account}/{contact}", {
          params: { path, query },
          ...(signal ? { signal } : {}),
        }),
      ),
    markRead: (path: Where) =>
      bodyOf(api.POST("/api/meta/conversations/{account}/{contact}/read", { params: { path } })),
    typing: (path: Where, on: boolean) =>
      bodyOf(
        api.POST("/api/meta/conversations/{account}/{contact}/typing", { params: { path }, body: { on } }),
      ),
    threadControl: (path: Where, action: "take" | "release") =>
      bodyOf(
        api.POST("/api/meta/conversations/{account}/{contact}/thread-control", {
          params: { path },
          body: { action },
        }),
      ),

    /** Sends once, however often it is called with the same key. */
    send: (body: Outgoing, key: string) =>
      bodyOf(api.POST("/api/meta/send-message", { body, headers: { "Idempotency-Key": key } })),
    check: (path: Where & { message: string }) =>
      bodyOf(api.POST("/api/meta/messages/{account}/{contact}/{message}/check", at(path))),
    resend: (path: Where & { message: string }) =>
      bodyOf(api.POST("/api/meta/messages/{account}/{contact}/{message}/resend", at(path))),
    react: (path: Where & { message: string }, reaction: string) =>
      bodyOf(
        api.POST("/api/meta/messages/{account}/{contact}/{message}/reaction", {
          ...at(path),
          body: { reaction },
        }),
      ),
    unreact: (path: Where & { message: string }) =>
      bodyOf(api.DELETE("/api/meta/messages/{account}/{contact}/{message}/reaction", at(path))),
    replyPrivately: (path: Where & { message: string }, text: string, key: string) =>
      bodyOf(
        api.POST("/api/meta/messages/{account}/{contact}/{message}/private-reply", {
          ...at(path),
          body: { text },
          headers: { "Idempotency-Key": key },
        }),
      ),
    replyPublicly: (path: Where & { message: string }, text: string, key: string) =>
      bodyOf(
        api.POST("/api/meta/messages/{account}/{contact}/{message}/public-reply", {
          ...at(path),
          body: { text },
          headers: { "Idempotency-Key": key },
        }),
      ),
    hideComment: (path: Where & { message: string }, hidden: boolean) =>
      bodyOf(
        api.POST("/api/meta/messages/{account}/{contact}/{message}/hide", {
          ...at(path),
          body: { hide: hidden },
        }),
      ),

    /** `onProgress` is told the part that is gone, 0 to 1. */
    upload: (file: File, onProgress?: (part: number) => void, signal?: AbortSignal) =>
      upload({ url: address("/media"), token, file, onProgress, signal }),
    liveTicket: () => bodyOf(api.POST("/api/meta/live/tickets")),

    cannedReplies: async () => (await bodyOf(api.GET("/api/meta/canned-replies"))).canned_replies,
    addCannedReply: (body: { shortcut: string; text: string }) =>
      bodyOf(api.POST("/api/meta/canned-replies", { body })),
    changeCannedReply: (id: string, body: { shortcut?: string; text?: string }) =>
      bodyOf(api.PATCH("/api/meta/canned-replies/{reply}", { params: { path: { reply: id } }, body })),
    deleteCannedReply: (id: string) =>
      bodyOf(api.DELETE("/api/meta/canned-replies/{reply}", { params: { path: { reply: id } } })),
  };
}
