import { lazy, type ComponentType } from "react";
import { BrowserRouter, matchPath, Navigate, Route, Routes } from "react-router";
import { pane } from "@/features/inbox/pane";
import { Shell } from "./shell";

interface Place {
  path: string;
  load: () => Promise<{ default: ComponentType }>;
  Screen: ComponentType;
}

const at = (path: string, load: Place["load"]): Place => ({ path, load, Screen: lazy(load) });
const inbox = at("/inbox/:account?/:contact?", async () => ({
  default: (await import("./inbox-route")).InboxRoute,
}));
const PLACES = [
  inbox,
  at("/connections", async () => ({ default: (await import("./connections-route")).ConnectionsRoute })),
  at("/canned-replies", async () => ({
    default: (await import("./canned-replies-route")).CannedRepliesRoute,
  })),
];

/** Fetches the code of the screen at this address, so that it is shown at once. */
export async function firstScreen(): Promise<void> {
  const { pathname } = globalThis.location;
  const place = PLACES.find(({ path }) => matchPath(path, pathname)) ?? inbox;
  const isConversation = matchPath("/inbox/:account/:contact", pathname) !== null;
  const [screen] = await Promise.all([place.load(), isConversation && pane.fetch()]);
  place.Screen = screen.default;
}

/** Which screen is at which address. */
export function AppRoutes() {
  return (
    <BrowserRouter>
      <Routes>
        <Route element={<Shell />}>
          {PLACES.map(({ path, Screen }) => (
            <Route key={path} path={path} element={<Screen />} />
          ))}
          <Route path="*" element={<Navigate to="/inbox" replace />} />
        </Route>
      </Routes>
    </BrowserRouter>
  );
}
