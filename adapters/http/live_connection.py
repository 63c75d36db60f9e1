"""One live connection: what it has missed, then what happens, until somebody or something ends it."""

import asyncio
from collections.abc import Sequence

from meta_inbox.adapters.http.asgi import Event, Receive, Send
from meta_inbox.adapters.http.event_wire import Ready, Resync, place_frame
from meta_inbox.adapters.http.live_feed import Feed, Frame
from meta_inbox.adapters.http.live_hub import LOOKED_EVERY, LiveHub
from meta_inbox.adapters.logs.log import log_named
from meta_inbox.domain.errors import Unavailable
from meta_inbox.domain.model.event import LogPage

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

_log = log_named("meta_inbox.live")


class _TooSlow(Exception):
    """The client does not read."""


class LiveConnection:
    """Serves until the client leaves, or ``end`` is called."""

    def __init__(self, hub: LiveHub, feed: Feed, receive: Receive, send: Send) -> None:
        self._hub = hub
        self._feed = feed
        self._receive = receive
        self._send = send
        self._slowest = 0.0
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[int | None] = self._loop.create_future()

    def end(self, code: int | None) -> None:
        """Closes it with this code; None = the client has left."""
        if not self._over.done():
            self._over.set_result(code)

    async def serve(self, after: int | None) -> int | None:
        """Tells what is behind ``after``, None = from now on; the code of its end, None = the client left."""
        doing = [asyncio.create_task(self._listen()), asyncio.create_task(self._tell(after))]
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
        if isinstance(error, _TooSlow):
            self.end(TOO_SLOW)
        elif isinstance(error, OSError):  # what servers raise when the client is gone
            self.end(None)
        else:
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

    async def _tell(self, after: int | None) -> None:
        feed, place = self._feed, await self._begin(after)
        while True:
            end, frames = feed.end, feed.behind(place)
            if frames is not None:
                await self._say_all(frames)
                place = end
                await feed.passes(place)
                continue
            if place > end:  # the client heard of it elsewhere, sooner than this process did
                await feed.passes(place, LOOKED_EVERY.total_seconds())
                if feed.end > place:
                    continue
            elif self._slowest > _SLOW:
                raise _TooSlow
            place = await self._catch_up(place)

    async def _begin(self, after: int | None) -> int:
        if after is None or self._feed.behind(after) is not None:
            place = self._feed.end if after is None else after
            await self._say(place_frame(Ready(cursor=str(place))))
            return place
        page, frames = await self._page(after)
        if page.lost:
            return await self._resync()
        await self._say(place_frame(Ready(cursor=str(after))))
        await self._say_all(frames)
        return page.up_to

    async def _catch_up(self, place: int) -> int:
        page, frames = await self._page(place)
        if page.lost:
            return await self._resync()
        await self._say_all(frames)
        return page.up_to

    async def _resync(self) -> int:
        place = self._feed.end
        await self._say(place_frame(Resync(cursor=str(place))))
        return place

    async def _page(self, place: int) -> tuple[LogPage, list[Frame]]:
        while True:
            try:
                return await self._hub.page(self._feed, place)
            except Unavailable:
                await asyncio.sleep(_AGAIN)

    async def _say_all(self, frames: Sequence[Frame]) -> None:
        for _, frame in frames:
            await self._say(frame)

    async def _say(self, frame: bytes) -> None:
        began = self._loop.time()
        try:
            async with asyncio.timeout(SENT_WITHIN):
                await self._send({"type": "websocket.send", "text": frame.decode()})
        except TimeoutError:
            raise _TooSlow from None
        self._slowest = max(self._slowest * _FADES, self._loop.time() - began)


def _size(event: Event) -> int:
    text, data = event.get("text"), event.get("bytes")
    return len(text.encode()) if text is not None else len(data or b"")
