"""The outermost layer: where the app is mounted, who may call from a browser, and every answer's headers."""

from typing import Any

from meta_inbox.adapters.http.asgi import ASGIApp, Event, Headers, Receive, Scope, Send, answer, header_values
from meta_inbox.adapters.http.live import LIVE_PATH, LiveRoute
from meta_inbox.adapters.http.observe import Metrics, Observed
from meta_inbox.adapters.http.options import API_PATH, HttpOptions
from meta_inbox.adapters.http.problems import Rejection, problem, raw_problem
from meta_inbox.adapters.http.web_app import WebApp
from meta_inbox.adapters.http.webhook import WEBHOOK_PATH, WebhookRoute

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_BROWSER_PAGES = (f"{API_PATH}/oauth/authorize", f"{API_PATH}/oauth/callback")
_FRAMEWORK_STATE = "_ls_connection_state"
_PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key"),
    (b"access-control-max-age", b"600"),
]


def security_headers(options: HttpOptions) -> Headers:
    """What every answer carries unless it says otherwise itself."""
    policy = f"default-src 'none'; base-uri 'none'; frame-ancestors {' '.join(options.origins)}"
    return [
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        (b"content-security-policy", policy.encode()),
    ]


class Front:
    """The whole HTTP adapter as one ASGI app; it needs no lifespan and may be mounted anywhere."""

    def __init__(
        self,
        api: ASGIApp,
        webhook: WebhookRoute,
        live: LiveRoute,
        options: HttpOptions,
        metrics: Metrics,
        *,
        web: WebApp | None,
    ) -> None:
        self._api = api
        self._web = web
        self.webhook = webhook
        self.live = live
        self._options = options
        self._headers = security_headers(options)
        self._observed = Observed(self._guarded, metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] == "http":
            path = _local_path(scope)
            if path == WEBHOOK_PATH and scope["method"] == "POST":
                await self.webhook(scope, receive, send)
            else:
                await self._observed(_own_scope(scope, path), receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        elif _local_path(scope) == LIVE_PATH:
            await self.live(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})  # nothing else is one; servers answer 403

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == WEBHOOK_PATH:
            scope["path_template"] = WEBHOOK_PATH
            serve = self.webhook.handshake if scope["method"] == "GET" else self.webhook.other
            await serve(scope, receive, send)
            return
        try:
            origin = self._origin(scope)
        except Rejection as refused:
            status, headers, body = raw_problem(problem(refused.status, refused.code, refused.detail))
            await answer(send, status, [*self._headers, *headers], body)
            return
        if origin is not None and _is_preflight(scope):
            await answer(send, 204, [*self._headers, *_cors(origin), *_PREFLIGHT])
            return
        if self._web is not None and self._web.serves(scope["path"]):
            await self._web(scope, self._adding(scope, None, send))
        else:
            await self._api(scope, receive, self._adding(scope, origin, send))

    def _origin(self, scope: Scope) -> bytes | None:
        """The origin if it may call; Rejection when it may not and would change something."""
        origins = header_values(scope, b"origin")
        if not origins:
            return None
        if len(origins) == 1 and self._options.allows(origins[0].decode("latin-1")):
            return origins[0]
        if scope["method"] not in _SAFE or _is_preflight(scope):
            raise Rejection(403, "origin_not_allowed", "this origin is not one of the front end's")
        return None

    def _adding(self, scope: Scope, origin: bytes | None, send: Send) -> Send:
        extra = [*self._headers, *(_cors(origin) if origin else [])]
        if not scope["path"].startswith(_BROWSER_PAGES):
            # On the login's pages and redirects it would cut the tie to the window that opened them.
            extra.append((b"cross-origin-opener-policy", b"same-origin"))

        async def add(event: Event) -> None:
            if event["type"] == "http.response.start":
                headers: Headers = list(event.get("headers", ()))
                present = {name.lower() for name, _ in headers}
                event["headers"] = [*headers, *(pair for pair in extra if pair[0] not in present)]
            await send(event)

        return add


def _local_path(scope: Scope) -> str:
    """The path below the mount, whatever the host left before or put behind it."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    if root and path.startswith(f"{root}/"):
        path = path[len(root) :]
    return path.rstrip("/") or "/" if path.endswith("/") else path


def _own_scope(scope: Scope, path: str) -> Scope:
    """A scope of our own: a host's framework may be the one used here, and keeps its notes in it."""
    state: dict[str, Any] = dict(scope.get("state") or {})
    state.pop(_FRAMEWORK_STATE, None)
    own: Scope = {**scope, "path": path, "root_path": "", "state": state}
    for name in ("path_params", "route_handler", "path_template"):
        own.pop(name, None)
    return own


def _is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and bool(header_values(scope, b"access-control-request-method"))


def _cors(origin: bytes) -> Headers:
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", b"Date, Retry-After, WWW-Authenticate"),
        (b"vary", b"Origin"),
    ]


async def _live(receive: Receive, send: Send) -> None:
    """Nothing begins or ends with the app: what it stands on is opened and closed by whoever made it."""
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return
