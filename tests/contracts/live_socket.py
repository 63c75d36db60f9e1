"""A WebSocket client of the app in this process, which sees what ASGI sees."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from meta_inbox.adapters.http.front import Front

PATIENCE = 5.0


class Socket:
    """What the app sends is kept until somebody looks; ``stuck`` = the client takes nothing any more."""

    def __init__(self) -> None:
        self.stuck = asyncio.Event()
        self._watch: Callable[[bytes, float], None] | None = None
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._to_app.put_nowait({"type": "websocket.connect"})

    async def receive(self) -> Any:
        """For the app."""
        return await self._to_app.get()

    async def send(self, event: Any) -> None:
        """For the app."""
        if self.stuck.is_set() and event["type"] == "websocket.send":
            await asyncio.sleep(3600)
        if self._watch is not None and event["type"] == "websocket.send":
            self._watch(event["text"].encode(), time.perf_counter())
        else:
            self._from_app.put_nowait(dict(event))

    def watched(self, watch: Callable[[bytes, float], None]) -> None:
        """Frames go there, those that came before as well, in place of waiting to be looked at."""
        while not self._from_app.empty():
            watch(self._from_app.get_nowait()["text"].encode(), time.perf_counter())
        self._watch = watch

    def says(self, **message: Any) -> None:
        """The client sends a frame."""
        self._to_app.put_nowait({"type": "websocket.receive", **message})

    def leaves(self) -> None:
        """The client closes."""
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def event(self) -> dict[str, Any]:
        """What the app sends next."""
        async with asyncio.timeout(PATIENCE):
            return await self._from_app.get()

    async def frame(self) -> dict[str, Any]:
        """The next frame."""
        event = await self.event()
        assert event["type"] == "websocket.send", event
        found: dict[str, Any] = json.loads(event["text"])
        return found

    async def closed(self) -> int:
        """The close code, which comes next."""
        event = await self.event()
        assert event["type"] == "websocket.close", event
        return int(event["code"])

    @property
    def quiet(self) -> bool:
        """Whether nothing waits to be looked at."""
        return self._from_app.empty()


@asynccontextmanager
async def dialled(
    app: Front,
    *,
    origin: str | None = None,
    denial: bool = True,
    stuck: bool = False,
    path: str = "/api/meta/live",
    **query: str,
) -> AsyncGenerator[Socket]:
    """A client that asks to come in, whatever it is told."""
    socket = Socket()
    if stuck:
        socket.stuck.set()
    scope: dict[str, Any] = {
        "type": "websocket",
        "path": path,
        "query_string": urlencode(query).encode(),
        "headers": [] if origin is None else [(b"origin", origin.encode())],
        "extensions": {"websocket.http.response": {}} if denial else {},
    }
    serving = asyncio.create_task(app(scope, socket.receive, socket.send))
    try:
        yield socket
    finally:
        socket.leaves()
        await asyncio.wait({serving}, timeout=PATIENCE)
        assert serving.done()
        await serving


@asynccontextmanager
async def opened(app: Front, **asked: Any) -> AsyncGenerator[Socket]:
    """A client that was let in."""
    async with dialled(app, **asked) as socket:
        event = await socket.event()
        assert event["type"] == "websocket.accept", event
        yield socket
