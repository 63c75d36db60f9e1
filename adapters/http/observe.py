"""What operators see of each request: one line in the log and three metrics, none with a tenant in it."""

import time
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from secrets import token_hex

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from meta_inbox.adapters.http.asgi import ASGIApp, Event, Receive, Scope, Send
from meta_inbox.adapters.logs.log import log_named

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = ("/health", "/metrics")
_UNMATCHED = "(unmatched)"
_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

_log = log_named("meta_inbox.http")


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
        self.live = Gauge(
            "meta_inbox_live_connections", "Live connections that are open.", registry=self.registry
        )
        self.live_ended = Counter(
            "meta_inbox_live_ended", "Live connections by why they ended.", ["code"], registry=self.registry
        )
        self.live_refused = Counter(
            "meta_inbox_live_refused",
            "Live connections that were not let in, by status.",
            ["status"],
            registry=self.registry,
        )
        self._webhooks = Webhooks()
        self.webhook_stored = self._webhooks.stored
        self.webhook_refused = self._webhooks.refused
        self.registry.register(self._webhooks)


class Webhooks(Collector):
    """Webhooks by answer and time, in plain numbers: they are counted on the event loop alone."""

    def __init__(self) -> None:
        self._refused: dict[int, int] = {}
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0

    def stored(self, seconds: float) -> None:
        """Counts one that was answered with 200 after so long."""
        self._buckets[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds += seconds

    def refused(self, status: int) -> None:
        """Counts one that was answered with another status."""
        self._refused[status] = self._refused.get(status, 0) + 1

    def collect(self) -> Iterable[Metric]:
        """For the registry."""
        sums = list(accumulate(self._buckets))
        answered = CounterMetricFamily(
            "meta_inbox_webhooks", "Webhooks by what was answered.", labels=["status"]
        )
        for status, count in {200: sums[-1], **self._refused}.items():
            answered.add_metric([str(status)], count)
        bounds = [*(str(bound) for bound in _BOUNDS), "+Inf"]
        took = HistogramMetricFamily(
            "meta_inbox_webhook_seconds",
            "How long webhooks took.",
            buckets=list(zip(bounds, sums, strict=True)),
            sum_value=self._seconds,
        )
        return [answered, took]


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
