import { useTranslation } from "react-i18next";
import { BrowserRouter, matchPath, Navigate, Route, Routes } from "react-router";
import type { ComponentType } from "react";
import { Spinner } from "@/components/spinner";
import { pane } from "@/features/inbox/pane";
import { late, useLate, type Late } from "@/lib/late";
import { mount } from "./mount";
import { Shell } from "./shell";
import { unseen } from "@/components/unseen";
import styles from "./routes.module.css";

interface Place {
  path: string;
  name: "inbox" | "connections" | "cannedReplies";
  code: Late<{ Screen: ComponentType }>;
}

const INBOX: Place = {
  path: "/inbox/:account?/:contact?",
  name: "inbox",
  code: late(async () => ({ Screen: (await import("./inbox-route")).InboxRoute })),
};
const PLACES: Place[] = [
  INBOX,
  {
    path: "/connections",
    name: "connections",
    code: late(async () => ({ Screen: (await import("./connections-route")).ConnectionsRoute })),
  },
  {
    path: "/canned-replies",
    name: "cannedReplies",
    code: late(async () => ({ Screen: (await import("./canned-replies-route")).CannedRepliesRoute })),
  },
];

/** Fetches the code of the screen at this address, so that it is shown at once. */
export async function firstScreen(): Promise<void> {
  const path = globalThis.location.pathname.slice(mount.length);
  const place = PLACES.find((each) => matchPath(each.path, path)) ?? INBOX;
  const isConversation = matchPath("/inbox/:account/:contact", path) !== null;
  await Promise.all([place.code.fetch(), isConversation && pane.fetch()]);
}

/** Which screen is at which address. */
export function AppRoutes() {
  return (
    <BrowserRouter basename={mount}>
      <Routes>
        <Route element={<Shell />}>
          {PLACES.map((place) => (
            <Route key={place.path} path={place.path} element={<At key={place.path} {...place} />} />
          ))}
          <Route path="*" element={<Navigate to="/inbox" replace />} />
        </Route>
      </Routes>
    </BrowserRouter>
  );
}

function At({ name, code }: Place) {
  const { t } = useTranslation();
  const loaded = useLate(code, true);
  if (loaded) return <loaded.Screen />;
  return (
    <main className={styles.loading}>
      <h1 className={unseen}>{t(`nav.${name}`)}</h1>
      <Spinner label={t("loading")} />
    </main>
  );
}
