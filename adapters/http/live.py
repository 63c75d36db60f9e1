"""``/live``: the WebSocket on which a tenant's events come as they happen (RFC 6455)."""

import asyncio
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from meta_inbox.adapters.http.asgi import Headers, Receive, Scope, Send
from meta_inbox.adapters.http.live_connection import (
    CREDENTIAL_ENDED,
    LEAVING,
    UNREADABLE_CURSOR,
    LiveConnection,
)
from meta_inbox.adapters.http.live_entry import CURSOR, Admitted, LiveEntry, deny
from meta_inbox.adapters.http.live_feed import Feed
from meta_inbox.adapters.http.live_hub import LiveHub
from meta_inbox.adapters.http.observe import Metrics
from meta_inbox.adapters.http.options import API_PATH
from meta_inbox.adapters.http.problems import Rejection
from meta_inbox.domain.errors import MetaInboxError
from meta_inbox.domain.model.ids import TenantId, UserId

LIVE_PATH = f"{API_PATH}/live"
OF_ONE_USER = 32
"""Connections of one user in one process; somebody with many tabs has fewer."""
_LONGEST_TIMER = 86_400.0
"""Seconds: event loops take none for years."""
_LEFT_WITHIN = 1.0

_User = tuple[TenantId, UserId]


class LiveRoute:
    """Serves any number of connections, as plain ASGI, until ``close``."""

    def __init__(self, entry: LiveEntry, hub: LiveHub, metrics: Metrics, headers: Headers) -> None:
        self._entry = entry
        self._hub = hub
        self._metrics = metrics
        self._headers = headers
        self._open: dict[LiveConnection, asyncio.Event] = {}
        self._of_user: Counter[_User] = Counter()
        self._closed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """400, 403, 429 or 503 before it opens; then frames, until a close code says why it ends."""
        await receive()
        opened = False
        try:
            self._require_open()
            admitted = await self._entry.admit(scope)
            with self._place(admitted):
                async with self._hub.following(admitted.lets_in.tenant_id) as feed:
                    self._require_open()
                    opened = True
                    await send({"type": "websocket.accept"})
                    await self._serve(admitted, feed, receive, send)
        except (Rejection, MetaInboxError) as refused:
            if opened:
                raise
            status = await deny(scope, send, refused, self._headers)
            self._metrics.live_refused.labels(str(status)).inc()

    async def close(self) -> None:
        """Lets nobody in any more, and tells every client to come again, elsewhere or later."""
        self._closed = True
        left = [asyncio.ensure_future(gone.wait()) for gone in self._open.values()]
        for connection in self._open:
            connection.end(LEAVING)
        if left:
            await asyncio.wait(left, timeout=_LEFT_WITHIN)
        for waiting in left:
            waiting.cancel()
        await self._hub.close()

    async def _serve(self, admitted: Admitted, feed: Feed, receive: Receive, send: Send) -> None:
        if admitted.after is not None and not CURSOR.fullmatch(admitted.after):
            self._ended(UNREADABLE_CURSOR)
            await send({"type": "websocket.close", "code": UNREADABLE_CURSOR})
            return
        connection = LiveConnection(self._hub, feed, receive, send)
        ending = asyncio.ensure_future(_end_in(connection, admitted.seconds))
        gone = self._open[connection] = asyncio.Event()
        self._metrics.live.set(len(self._open))
        try:
            self._ended(await connection.serve(None if admitted.after is None else int(admitted.after)))
        finally:
            ending.cancel()
            gone.set()
            del self._open[connection]
            self._metrics.live.set(len(self._open))

    def _ended(self, code: int | None) -> None:
        self._metrics.live_ended.labels(str(code or "client")).inc()

    def _require_open(self) -> None:
        if self._closed:
            raise Rejection(503, "stopping", "the service is stopping; try again", {"Retry-After": "1"})

    @contextmanager
    def _place(self, admitted: Admitted) -> Generator[None]:
        user = (admitted.lets_in.tenant_id, admitted.lets_in.user_id)
        if self._of_user[user] >= OF_ONE_USER:
            detail = "too many live connections of one user"
            raise Rejection(429, "rate_limited", detail, {"Retry-After": "5"})
        self._of_user[user] += 1
        try:
            yield
        finally:
            self._of_user[user] -= 1
            if not self._of_user[user]:
                del self._of_user[user]


async def _end_in(connection: LiveConnection, seconds: float | None) -> None:
    """Ends it when its credential does; None = never."""
    while seconds is not None:
        step = min(seconds, _LONGEST_TIMER)
        await asyncio.sleep(step)
        seconds -= step
        if seconds <= 0:
            connection.end(CREDENTIAL_ENDED)
            return
