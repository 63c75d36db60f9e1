"""Follows the logs of all tenants that have live connections in this process."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import structlog

from meta_inbox.adapters.http.live_feed import Feed, Frame
from meta_inbox.domain.errors import Unavailable
from meta_inbox.domain.model.event import Event, LogPage
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.use_cases.open_live import OpenLive

PAGE = 200
_TENANTS_AT_ONCE = 4
_AGAIN = 0.3

Encode = Callable[[Event], bytes]

_log = structlog.get_logger("meta_inbox.live")


class LiveHub:
    """Runs as long as anybody follows: looks where the logs end, and reads those that grew."""

    def __init__(self, live: OpenLive, encode: Encode) -> None:
        self._live = live
        self._encode = encode
        self._feeds: dict[TenantId, Feed] = {}
        self._running: asyncio.Task[None] | None = None
        self._reading: set[asyncio.Future[LogPage]] = set()
        self._turns = asyncio.Semaphore(_TENANTS_AT_ONCE)

    @asynccontextmanager
    async def following(self, tenant: TenantId) -> AsyncGenerator[Feed]:
        """The tenant's feed, which grows meanwhile. Unavailable when the log cannot be reached now."""
        if tenant not in self._feeds:
            end = (await self._live.ends([tenant]))[tenant]
            self._feeds.setdefault(tenant, Feed(end))
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

    async def page(self, tenant: TenantId, after: int) -> tuple[LogPage, list[Frame]]:
        """Some of what follows the place.

        It is read to its end also for a client that leaves meanwhile: the database would have to give up a
        connection for each that is broken off.
        """
        reading = asyncio.ensure_future(self._live.page(tenant, after, PAGE))
        self._reading.add(reading)
        reading.add_done_callback(self._forget)
        page = await asyncio.shield(reading)
        return page, [frame for event in page.events if (frame := self._frame(event)) is not None]

    def _forget(self, reading: asyncio.Future[LogPage]) -> None:
        self._reading.discard(reading)
        if not reading.cancelled():
            reading.exception()  # whoever still waits for it hears of it

    def _frame(self, event: Event) -> Frame | None:
        try:
            return event.seq, self._encode(event)
        except Exception:  # noqa: BLE001  # the events behind it are told all the same
            _log.exception("event_not_told", type=event.type.value, event=event.id)
            return None

    async def _run(self) -> None:
        seen = 0
        while self._feeds:
            try:
                await self._look()
                seen = await self._live.grown(seen)
            except Unavailable as error:
                _log.info("live_waits", cause=str(error))
                await asyncio.sleep(_AGAIN)
            except Exception:  # noqa: BLE001  # whatever one look met, the next may not
                _log.exception("live_failed")
                await asyncio.sleep(_AGAIN)

    async def _look(self) -> None:
        ends = await self._live.ends(list(self._feeds))
        grown = [
            (tenant, feed)
            for tenant, end in ends.items()
            if (feed := self._feeds.get(tenant)) is not None and feed.end != end
        ]
        # All of them end before the next look: two readers of one feed would tell everything twice.
        done = await asyncio.gather(
            *(self._read(tenant, feed) for tenant, feed in grown), return_exceptions=True
        )
        for failure in done:
            if failure is not None:
                raise failure

    async def _read(self, tenant: TenantId, feed: Feed) -> None:
        async with self._turns:
            more = True
            while more:
                page, frames = await self.page(tenant, feed.end)
                if page.lost:
                    feed.restart(page.up_to)
                else:
                    feed.add(frames, page.up_to)
                more = page.more
                await asyncio.sleep(0)
