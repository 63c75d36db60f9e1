"""uvicorn's WebSocket within limits: what is broken is refused, what closes goes away, what floods is cut.

Its own waits for a client to take everything before it lets go of the socket, answers pings without a bound,
and says nothing to a request that its library cannot read. Frames are not compressed: each connection would
have to do so for itself.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from meta_inbox.adapters.http.protocol import malformed, refusal

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

LARGEST_FRAME = 64 * 1024
PING_SECONDS = 20.0
_LOOKED_EVERY = 2.5
"""Seconds: what is closing at one look is cut at the next."""
_OPEN_WITHIN = 10.0
_UNREAD = 1024 * 1024
"""Bytes of answers to pings that a client may leave lying."""
_PIECES = 1024


class LiveProtocol(WebSocketsSansIOProtocol):
    """One look at each connection every few seconds ends whatever does not end by itself."""

    _timer: asyncio.TimerHandle | None = None
    _began = 0.0
    _was_closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The request follows at once, whole."""
        super().connection_made(transport)
        self._began = self.loop.time()
        self._timer = self.loop.call_later(_LOOKED_EVERY, self._look)

    def data_received(self, data: bytes) -> None:
        """Refuses a request that could not be read."""
        super().data_received(data)
        if not self.handshake_initiated:
            self.transport.write(refusal(malformed(), self.default_headers))
            self.transport.close()

    async def send(self, message: "ASGISendEvent") -> None:
        """As ASGI has it; a close goes at once, behind what waits."""
        if message["type"] == "websocket.close":
            self.writable.set()
        await super().send(message)

    def handle_ping(self) -> None:
        """Answers, unless too many answers wait already."""
        super().handle_ping()
        if self.transport.get_write_buffer_size() > _UNREAD:
            self.transport.abort()

    def handle_cont(self, event: Frame) -> None:
        """Takes a piece of a frame, if there are not too many."""
        super().handle_cont(event)
        if len(self.frames) > _PIECES:
            self.transport.abort()

    def shutdown(self) -> None:
        """The server stops."""
        try:
            super().shutdown()
        except Exception:  # noqa: BLE001  # it knows not every state that a connection may be in
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to look at."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        closing = self.transport.is_closing() or self.close_sent
        never_opened = not self.handshake_complete and self.loop.time() - self._began > _OPEN_WITHIN
        if never_opened or (closing and self._was_closing):
            self.transport.abort()
        self._was_closing = closing
        self._timer = self.loop.call_later(_LOOKED_EVERY, self._look)


def websocket_options(protocol: type[asyncio.Protocol] = LiveProtocol) -> dict[str, Any]:
    """What uvicorn is told of WebSockets."""
    return {
        "ws": protocol,
        "ws_max_size": LARGEST_FRAME,
        "ws_ping_interval": PING_SECONDS,
        "ws_ping_timeout": PING_SECONDS,
        "ws_per_message_deflate": False,
    }
