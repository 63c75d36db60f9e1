import { useMemo, useSyncExternalStore } from "react";
import type { MetaInboxClient } from "@/api/client";
import { useClient } from "@/lib/root";
import { Uploads, type Item } from "./uploads";

const kept = new WeakMap<MetaInboxClient, Map<string, Uploads>>();

/** The files of a conversation: they go on being uploaded while another one is looked at. */
export function useUploads(account: string, contact: string): { uploads: Uploads; items: readonly Item[] } {
  const client = useClient();
  const uploads = useMemo(() => uploadsOf(client, `${account} ${contact}`), [client, account, contact]);
  return { uploads, items: useSyncExternalStore(uploads.watch, uploads.items) };
}

function uploadsOf(client: MetaInboxClient, place: string): Uploads {
  const places = kept.get(client) ?? new Map<string, Uploads>();
  kept.set(client, places);
  const known = places.get(place) ?? new Uploads(client);
  places.set(place, known);
  return known;
}
