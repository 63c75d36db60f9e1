"""What operators see of each request: one line in the log and three metrics, none with a tenant in it."""

import time
from secrets import token_hex

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from meta_inbox.adapters.http.asgi import ASGIApp, Event, Receive, Scope, Send

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = ("/health", "/metrics")
_UNMATCHED = "(unmatched)"

_log = structlog.get_logger("meta_inbox.http")


class Metrics:
    """The counters of this adapter in a registry that others may add to."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.requests = Counter(
            "meta_inbox_http_requests", "Requests.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "meta_inbox_http_request_seconds", "How long requests took.", ["route"], registry=self.registry
        )
        self.webhooks = Counter(
            "meta_inbox_webhooks", "Webhooks by what was answered.", ["status"], registry=self.registry
        )
        webhook_seconds = Histogram(
            "meta_inbox_webhook_seconds", "How long webhooks took.", registry=self.registry
        )
        self.webhook_stored = self.webhooks.labels("200").inc
        self.webhook_took = webhook_seconds.observe


class Observed:
    """Gives each request a trace id, and tells the log and the metrics what came of it.

    The log has the route's template, never the address: ids, codes and states stay out of it.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and watches the status of its answer."""
        began = time.perf_counter()
        status = 500
        scope["trace_id"] = token_hex(16)

        async def watch(event: Event) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
            await send(event)

        try:
            await self._app(scope, receive, watch)
        finally:
            self._tell(scope, status, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("path_template") or _UNMATCHED
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        write = _log.debug if route.startswith(_QUIET) else _log.info
        write(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            trace_id=scope["trace_id"],
        )
