import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { I18nextProvider } from "react-i18next";
import type { MetaInboxClient } from "@/api/client";
import { isPassing } from "@/api/errors";
import { Announcer } from "@/components/announcer";
import { preferredLocale, useWords, type Locale } from "./i18n";
import { LiveSync } from "./live-sync";
import { Outbox } from "./outbox";
import "@/styles/base.css";

export type Theme = "light" | "dark" | "system";

export interface RootProps {
  client: MetaInboxClient;
  /** By default what the agent chose here, else what the browser speaks. */
  locale?: Locale | undefined;
  /** By default what the system has. */
  theme?: Theme | undefined;
  /** Whether it takes all the height that its place has. */
  fill?: boolean | undefined;
  /** Whether to follow what happens; false while nobody is signed in. */
  live?: boolean | undefined;
  children: ReactNode;
}

interface Held {
  client: MetaInboxClient;
  cache: QueryClient;
  live: LiveSync;
  outbox: Outbox;
}

const HeldContext = createContext<(Held & { overlay: HTMLElement | null; locale: Locale }) | null>(null);
const shared = new WeakMap<MetaInboxClient, Held>();

/** What stands around every component of ours: styles that neither leak nor are leaked into, words, answers, live. */
export function Root({ client, locale, theme = "system", fill = false, live = true, children }: RootProps) {
  const held = heldOf(client);
  const words = useWords(locale ?? preferredLocale());
  const spoken = (words?.language ?? "pt-BR") as Locale;
  const [overlay, setOverlay] = useState<HTMLElement | null>(null);
  const value = useMemo(() => ({ ...held, overlay, locale: spoken }), [held, overlay, spoken]);
  useEffect(() => (live ? held.live.use() : undefined), [held, live]);
  return (
    <div className="mi-root" data-theme={theme} data-fill={fill || undefined} lang={spoken}>
      {words && (
        <I18nextProvider i18n={words}>
          <QueryClientProvider client={held.cache}>
            <HeldContext value={value}>
              <Announcer>{children}</Announcer>
              <div ref={setOverlay} />
            </HeldContext>
          </QueryClientProvider>
        </I18nextProvider>
      )}
    </div>
  );
}

function heldOf(client: MetaInboxClient): Held {
  const known = shared.get(client);
  if (known) return known;
  const cache = new QueryClient({
    defaultOptions: {
      // The live connection keeps it true; what it cannot is read anew by invalidation.
      queries: { staleTime: 60_000, retry: (failed, error) => failed < 3 && isPassing(error) },
      mutations: { retry: false },
    },
  });
  const live = new LiveSync(client, cache);
  const outbox = new Outbox(client, cache);
  live.listen((events) => outbox.notice(events));
  live.watch(() => {
    if (live.state === "open") outbox.hurry();
  });
  const held = { client, cache, live, outbox };
  shared.set(client, held);
  return held;
}

function useHeld() {
  const held = useContext(HeldContext);
  if (held === null) throw new Error("this component stands inside <Root>");
  return held;
}

export const useClient = (): MetaInboxClient => useHeld().client;
export const useLive = (): LiveSync => useHeld().live;
export const useOutbox = (): Outbox => useHeld().outbox;
export const useLocale = (): Locale => useHeld().locale;

/** Where menus are put, so that our styles reach them. */
export const useOverlay = (): HTMLElement | null => useHeld().overlay;
