import { useState } from "react";
import { MetaInstagramConnect as ConnectScreen } from "@/features/connections/connections";
import { Inbox as InboxScreen, type InboxProps, type Selected } from "@/features/inbox/inbox";
import { Root, type RootProps } from "@/lib/root";
import type { ComponentProps } from "react";

/** What every component of ours takes: the client, and how it looks and speaks. */
export type EmbedProps = Pick<RootProps, "client" | "locale" | "theme">;

export type MetaInstagramConnectProps = EmbedProps & ComponentProps<typeof ConnectScreen>;

/** The accounts of a tenant: connecting, their state, disconnecting. As high as it needs to be. */
export function MetaInstagramConnect({ client, locale, theme, ...screen }: MetaInstagramConnectProps) {
  return (
    <Root client={client} locale={locale} theme={theme}>
      <ConnectScreen {...screen} />
    </Root>
  );
}

export type EmbeddedInboxProps = EmbedProps & Partial<InboxProps>;

/** Conversations and answers; it takes the height of its place. Without `selected` it remembers by itself. */
export function Inbox({ client, locale, theme, selected, onSelect, ...screen }: EmbeddedInboxProps) {
  const [own, setOwn] = useState<Selected | null>(null);
  const select = (chosen: Selected | null) => {
    setOwn(chosen);
    onSelect?.(chosen);
  };
  return (
    <Root client={client} locale={locale} theme={theme} fill>
      <InboxScreen {...screen} selected={selected === undefined ? own : selected} onSelect={select} />
    </Root>
  );
}
