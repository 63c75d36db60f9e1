"""``/live``: the WebSocket on which a tenant's events come as they happen (RFC 6455)."""

import asyncio
from collections import Counter

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


class LiveRoute:
    """Serves any number of connections, as plain ASGI."""

    def __init__(self, entry: LiveEntry, hub: LiveHub, metrics: Metrics, headers: Headers) -> None:
        self._entry = entry
        self._hub = hub
        self._metrics = metrics
        self._headers = headers
        self._open: set[LiveConnection] = set()
        self._of_user: Counter[tuple[TenantId, UserId]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """403, 429 or 503 before it opens; then frames, until a close code says why it ends."""
        await receive()
        opened = False

        async def accept() -> None:
            nonlocal opened
            opened = True
            await send({"type": "websocket.accept"})

        try:
            admitted = await self._entry.admit(scope)
            user = (admitted.lets_in.tenant_id, admitted.lets_in.user_id)
            self._take_place(user)
            try:
                async with self._hub.following(admitted.lets_in.tenant_id) as feed:
                    await accept()
                    await self._serve(admitted, feed, receive, send)
            finally:
                self._leave_place(user)
        except (Rejection, MetaInboxError) as refused:
            if opened:
                raise
            await deny(scope, send, refused, self._headers)

    def end_all(self) -> None:
        """Tells every client to come again, elsewhere or later."""
        for connection in tuple(self._open):
            connection.end(LEAVING)

    async def _serve(self, admitted: Admitted, feed: Feed, receive: Receive, send: Send) -> None:
        if admitted.after is not None and not CURSOR.fullmatch(admitted.after):
            await send({"type": "websocket.close", "code": UNREADABLE_CURSOR})
            return
        after = None if admitted.after is None else int(admitted.after)
        connection = LiveConnection(self._hub, admitted.lets_in.tenant_id, receive, send)
        ends = asyncio.get_running_loop().call_later(admitted.seconds, connection.end, CREDENTIAL_ENDED)
        self._open.add(connection)
        self._metrics.live.set(len(self._open))
        try:
            code = await connection.serve(feed, after)
            self._metrics.live_ended.labels(str(code or "client")).inc()
        finally:
            ends.cancel()
            self._open.discard(connection)
            self._metrics.live.set(len(self._open))

    def _take_place(self, user: tuple[TenantId, UserId]) -> None:
        if self._of_user[user] >= OF_ONE_USER:
            detail = "too many live connections of one user"
            raise Rejection(429, "rate_limited", detail, {"Retry-After": "5"})
        self._of_user[user] += 1

    def _leave_place(self, user: tuple[TenantId, UserId]) -> None:
        self._of_user[user] -= 1
        if not self._of_user[user]:
            del self._of_user[user]
