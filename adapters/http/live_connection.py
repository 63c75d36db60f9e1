"""One live connection: what it has missed, then what happens, until somebody or something ends it."""

import asyncio

import structlog

from meta_inbox.adapters.http.asgi import Event, Receive, Send
from meta_inbox.adapters.http.event_wire import Ready, Resync, place_frame
from meta_inbox.adapters.http.live_feed import Feed, Frame
from meta_inbox.adapters.http.live_hub import LiveHub
from meta_inbox.domain.errors import Unavailable
from meta_inbox.domain.model.event import LogPage
from meta_inbox.domain.model.ids import TenantId

UNREADABLE_CURSOR = 4400
CREDENTIAL_ENDED = 4401
TOO_LARGE = 1009
TOO_SLOW = 1013
FAILED = 1011
LEAVING = 1012
LARGEST = 64 * 1024
"""Bytes of a client's frame, all of which are ignored."""
SENT_WITHIN = 10.0
"""Seconds that a frame may wait for a client that does not read."""
_SLOW = 1.0
_FADES = 0.9
_CLOSED_WITHIN = 2.0
_AGAIN = 0.3

_log = structlog.get_logger("meta_inbox.live")


class LiveConnection:
    """Serves until the client leaves, or ``end`` is called."""

    def __init__(self, hub: LiveHub, tenant: TenantId, receive: Receive, send: Send) -> None:
        self._hub = hub
        self._tenant = tenant
        self._receive = receive
        self._send = send
        self._slowest = 0.0
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[int | None] = self._loop.create_future()

    def end(self, code: int | None) -> None:
        """Closes it with this code; None = the client has left."""
        if not self._over.done():
            self._over.set_result(code)

    async def serve(self, feed: Feed, after: int | None) -> int | None:
        """Tells what is behind ``after``, None = from now on; the code of its end, None = the client left."""
        doing = [asyncio.create_task(self._listen()), asyncio.create_task(self._tell(feed, after))]
        for task in doing:
            task.add_done_callback(self._failed)
        try:
            code = await self._over
        finally:
            for task in doing:
                task.cancel()
            await asyncio.wait(doing)
        if code is not None:
            await self._close(code)
        return code

    def _failed(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, OSError):  # what servers raise when the client is gone
            self.end(None)
            return
        _log.error("live_failed", exc_info=error)
        self.end(FAILED)

    async def _close(self, code: int) -> None:
        try:
            async with asyncio.timeout(_CLOSED_WITHIN):
                await self._send({"type": "websocket.close", "code": code})
        except OSError:  # TimeoutError is one
            return

    async def _listen(self) -> None:
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return self.end(None)
            if _size(event) > LARGEST:
                return self.end(TOO_LARGE)

    async def _tell(self, feed: Feed, after: int | None) -> None:
        place = await self._begin(feed, after)
        while True:
            end, frames = feed.end, feed.behind(place)
            if frames is None and self._slowest > _SLOW:
                return self.end(TOO_SLOW)
            if frames is None:
                place = await self._catch_up(feed, place)
                continue
            for _, frame in frames:
                if not await self._say(frame):
                    return self.end(TOO_SLOW)
            place = end
            await feed.grown(place)

    async def _begin(self, feed: Feed, after: int | None) -> int:
        if after is not None and feed.behind(after) is None:
            page, _ = await self._page(after)
            if page.lost:
                return await self._resync(feed)
        place = feed.end if after is None else after
        await self._say(place_frame(Ready(cursor=str(place))))
        return place

    async def _catch_up(self, feed: Feed, place: int) -> int:
        page, frames = await self._page(place)
        if page.lost:
            return await self._resync(feed)
        for _, frame in frames:
            if not await self._say(frame):
                self.end(TOO_SLOW)
                break
        return page.up_to

    async def _resync(self, feed: Feed) -> int:
        place = feed.end
        await self._say(place_frame(Resync(cursor=str(place))))
        return place

    async def _page(self, place: int) -> tuple[LogPage, list[Frame]]:
        while True:
            try:
                return await self._hub.page(self._tenant, place)
            except Unavailable:
                await asyncio.sleep(_AGAIN)

    async def _say(self, frame: bytes) -> bool:
        """Whether the client took it in time."""
        began = self._loop.time()
        try:
            async with asyncio.timeout(SENT_WITHIN):
                await self._send({"type": "websocket.send", "text": frame.decode()})
        except TimeoutError:
            return False
        self._slowest = max(self._slowest * _FADES, self._loop.time() - began)
        return True


def _size(event: Event) -> int:
    text, data = event.get("text"), event.get("bytes")
    return len(text.encode()) if text is not None else len(data or b"")
