"""Who is calling: asked before anything of the body is read."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from meta_inbox.adapters.http.media_urls import MediaUrls
from meta_inbox.adapters.http.problems import Rejection
from meta_inbox.adapters.http.rate_limit import RateLimiter
from meta_inbox.adapters.http.request import require_json, require_known_query, require_plain
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.ports import Clock

Connection = ASGIConnection[Any, Any, Any, Any]
Identity = Callable[[Connection], Awaitable[Principal | None]]

PUBLIC = {"public": True}
"""The ``opt`` of a route that serves everybody; every other route needs a principal."""


class Gate(ASGIMiddleware):
    """Lets a request through to its handler when its caller is known and its body is of a kind we read."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, identity: Identity, limiter: RateLimiter, urls: MediaUrls, clock: Clock) -> None:
        self._identity = identity
        self._limiter = limiter
        self._urls = urls
        self._clock = clock

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Rejection 401, 429, 400 or 415."""
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        handler = scope["route_handler"]
        if not handler.opt.get("public"):
            scope["user"] = await self._principal(request)
            require_known_query(request)
        require_plain(request)
        if "data" in handler.parsed_fn_signature.parameters:
            require_json(request)
        await next_app(scope, receive, send)

    async def _principal(self, request: Request[Any, Any, Any]) -> Principal:
        found = self._signed(request) or await self._identity(request)
        if found is None:
            given = "authorization" in request.headers or "sig" in request.query_params
            raise _unauthenticated(given=given)
        wait = self._limiter.take(found)
        if wait is not None:
            raise Rejection(
                429, "rate_limited", "too many requests in the last minute", {"Retry-After": str(wait)}
            )
        return found

    def _signed(self, request: Request[Any, Any, Any]) -> Principal | None:
        """Whom a signed address lets in, where the route takes one."""
        if not request.route_handler.opt.get("signed"):
            return None
        asked = request.query_params
        media = str(request.path_params.get("media", ""))
        return self._urls.reader(media, asked.get("exp"), asked.get("sig"), self._clock.now())


def _unauthenticated(*, given: bool) -> Rejection:
    challenge = 'Bearer error="invalid_token"' if given else "Bearer"
    detail = "the credentials are not valid, or no longer" if given else "this needs credentials"
    return Rejection(401, "unauthenticated", detail, {"WWW-Authenticate": challenge})
