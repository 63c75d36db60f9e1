"""Who is calling: asked before anything of the body is read."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from meta_inbox.adapters.http.problems import Rejection
from meta_inbox.adapters.http.rate_limit import RateLimiter
from meta_inbox.adapters.http.request import require_json, require_known_query, require_plain
from meta_inbox.domain.model.principal import Principal

Connection = ASGIConnection[Any, Any, Any, Any]
Identity = Callable[[Connection], Awaitable[Principal | None]]

PUBLIC = {"public": True}
"""The ``opt`` of a route that serves everybody; every other route needs a principal."""


class Gate(ASGIMiddleware):
    """Lets a request through to its handler when its caller is known and its body is of a kind we read."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, identity: Identity, limiter: RateLimiter) -> None:
        self._identity = identity
        self._limiter = limiter

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
        found = await self._identity(request)
        if found is None:
            raise _unauthenticated(given="authorization" in request.headers)
        wait = self._limiter.take(found)
        if wait is not None:
            raise Rejection(
                429, "rate_limited", "too many requests in the last minute", {"Retry-After": str(wait)}
            )
        return found


def _unauthenticated(*, given: bool) -> Rejection:
    challenge = 'Bearer error="invalid_token"' if given else "Bearer"
    detail = "the credentials are not valid, or no longer" if given else "this needs credentials"
    return Rejection(401, "unauthenticated", detail, {"WWW-Authenticate": challenge})
