import { lazy } from "react";
import { BrowserRouter, matchPath, Navigate, Route, Routes } from "react-router";
import { Shell } from "./shell";

const connections = async () => ({ default: (await import("./connections-route")).ConnectionsRoute });
const inbox = async () => ({ default: (await import("./inbox-route")).InboxRoute });
const cannedReplies = async () => ({ default: (await import("./canned-replies-route")).CannedRepliesRoute });

const PLACES = [
  { path: "/inbox/:account?/:contact?", load: inbox, Screen: lazy(inbox) },
  { path: "/connections", load: connections, Screen: lazy(connections) },
  { path: "/canned-replies", load: cannedReplies, Screen: lazy(cannedReplies) },
];

// The first screen's code comes along with the words, not after them.
const first = PLACES.find(({ path }) => matchPath(path, globalThis.location.pathname)) ?? PLACES[0];
const ahead: (Promise<unknown> | undefined)[] = [first?.load()];
if (matchPath("/inbox/:account/:contact", globalThis.location.pathname))
  ahead.push(import("@/features/inbox/conversation-pane"));
Promise.all(ahead).catch(() => undefined); // it fails again where it is shown

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
