"""uvicorn's WebSocket, ended in time also for a client that reads nothing.

Its own waits for room in the socket before it sends a close, and then until the client has taken all of it.
Frames are not compressed: each connection would have to do so for itself.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

LARGEST_FRAME = 64 * 1024
PING_SECONDS = 20.0
_GONE_WITHIN = 5.0


class LiveProtocol(WebSocketsSansIOProtocol):
    """A close goes at once, behind what waits; what then does not go away is cut."""

    _cut: asyncio.TimerHandle | None = None

    async def send(self, message: "ASGISendEvent") -> None:
        """As ASGI has it."""
        if message["type"] == "websocket.close":
            self.writable.set()
            self._cut_soon()
        await super().send(message)

    def keepalive_timeout(self) -> None:
        """No answer to a ping: nobody is there to wait for."""
        super().keepalive_timeout()
        self.transport.abort()

    def shutdown(self) -> None:
        """The server stops."""
        super().shutdown()
        self._cut_soon()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to cut."""
        if self._cut is not None:
            self._cut.cancel()
        super().connection_lost(exc)

    def _cut_soon(self) -> None:
        if self._cut is None:
            self._cut = self.loop.call_later(_GONE_WITHIN, self.transport.abort)


def websocket_options(protocol: type[asyncio.Protocol] = LiveProtocol) -> dict[str, Any]:
    """What uvicorn is told of WebSockets."""
    return {
        "ws": protocol,
        "ws_max_size": LARGEST_FRAME,
        "ws_ping_interval": PING_SECONDS,
        "ws_ping_timeout": PING_SECONDS,
        "ws_per_message_deflate": False,
    }
