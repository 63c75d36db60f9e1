"""Follows the logs of all tenants that have live connections in this process."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from meta_inbox.adapters.http.live_feed import Feed, Frame
from meta_inbox.adapters.logs.log import log_named
from meta_inbox.domain.errors import Unavailable
from meta_inbox.domain.model.event import Event, LogPage
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.ports import EventHints, EventLog

PAGE = 200
LOOKED_EVERY = timedelta(seconds=2)
"""How late a change is seen of which no hint came."""
_PAGES_AT_ONCE = 4
_AGAIN = 0.3

Encode = Callable[[Event], bytes]

_log = log_named("meta_inbox.live")


class LiveHub:
    """Runs as long as anybody follows: looks where the logs end, and has those read that grew.

    Each tenant has a reader of its own, so that one that is slow, or much written to, keeps nobody waiting.
    """

    def __init__(self, log: EventLog, hints: EventHints, encode: Encode) -> None:
        self._source = log
        self._hints = hints
        self._encode = encode
        self._feeds: dict[TenantId, Feed] = {}
        self._running: asyncio.Task[None] | None = None
        self._readers: dict[Feed, asyncio.Task[None]] = {}
        self._grown: set[Feed] = set()
        self._reading: set[asyncio.Future[LogPage]] = set()
        self._turns = asyncio.Semaphore(_PAGES_AT_ONCE)

    @asynccontextmanager
    async def following(self, tenant: TenantId) -> AsyncGenerator[Feed]:
        """The tenant's feed, which grows meanwhile. Unavailable when the log cannot be reached now."""
        if tenant not in self._feeds:
            end = (await self._source.heads([tenant]))[tenant]
            self._feeds.setdefault(tenant, Feed(tenant, end, asyncio.get_running_loop().time))
        feed = self._feeds[tenant]
        feed.followers += 1
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        try:
            yield feed
        finally:
            feed.followers -= 1
            if not feed.followers:
                del self._feeds[tenant]

    async def page(self, feed: Feed, after: int) -> tuple[LogPage, list[Frame]]:
        """Some of what follows the place; a few at once for all, fewer for one tenant.

        It is read to its end also for a client that leaves meanwhile: the database would have to give up a
        connection for each that is broken off.
        """
        async with feed.turns, self._turns:
            reading = asyncio.ensure_future(self._source.read(feed.tenant, after, PAGE))
            self._reading.add(reading)
            reading.add_done_callback(self._forget)
            page = await asyncio.shield(reading)
        return page, [frame for event in page.events if (frame := self._frame(event)) is not None]

    async def close(self) -> None:
        """Reads nothing any more."""
        ending = {*self._readers.values(), *({self._running} if self._running else ())}
        for task in ending:
            task.cancel()
        if ending:
            await asyncio.wait(ending, timeout=1)

    def _forget(self, reading: asyncio.Future[LogPage]) -> None:
        self._reading.discard(reading)
        if not reading.cancelled():
            reading.exception()  # whoever still waits for it hears of it

    def _frame(self, event: Event) -> Frame | None:
        try:
            return event.seq, self._encode(event)
        except Exception:  # noqa: BLE001  # the events behind it are told all the same
            _log.exception("event_not_told", type=event.type.value, event_id=event.id)
            return None

    async def _run(self) -> None:
        seen = 0
        while self._feeds:
            try:
                await self._look()
                seen = await self._hints.wait(seen, LOOKED_EVERY)
            except Exception as error:  # noqa: BLE001  # whatever one look met, the next may not
                await _pause(error)

    async def _look(self) -> None:
        for tenant, end in (await self._source.heads(list(self._feeds))).items():
            feed = self._feeds.get(tenant)
            if feed is None or feed.end == end:
                continue
            self._grown.add(feed)
            if feed not in self._readers:
                self._readers[feed] = asyncio.create_task(self._read(feed))

    async def _read(self, feed: Feed) -> None:
        """Reads until nothing more is known of; whatever grows meanwhile is read, too."""
        try:
            while feed in self._grown and feed.followers:
                self._grown.discard(feed)
                try:
                    await self._take(feed)
                except Exception as error:  # noqa: BLE001  # the same
                    self._grown.add(feed)
                    await _pause(error)
        finally:
            self._grown.discard(feed)
            del self._readers[feed]

    async def _take(self, feed: Feed) -> None:
        page, frames = await self.page(feed, feed.end)
        if page.lost:
            feed.restart(page.up_to)
        else:
            feed.add(frames, page.up_to)
        if page.more:
            self._grown.add(feed)


async def _pause(error: Exception) -> None:
    if isinstance(error, Unavailable):
        _log.info("live_waits", cause=str(error))
    else:
        _log.error("live_failed", exc_info=error)
    await asyncio.sleep(_AGAIN)
