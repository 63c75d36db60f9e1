"""A host application with one or more inboxes open on the same data, in memory and on Postgres."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from psycopg.conninfo import make_conninfo

from meta_inbox import FakeMeta, Settings, open_inbox
from meta_inbox.adapters.persistence.database import Database
from meta_inbox.adapters.persistence.embedded_login import LOGIN
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.entrypoints.event_stream import DeliveredEvent
from meta_inbox.entrypoints.plugin import OpenInbox
from meta_inbox.entrypoints.wakeups import ProcessEventHints
from tests.contracts.backstage import Stores
from tests.contracts.memory_stores import stores_in
from tests.contracts.postgres_stores import database, emptied, stores_on
from tests.contracts.scene import CASA, PAGE, Scene, page_candidate, wrote
from tests.harness.service import environment

IN_TIME = 10.0


@dataclass(frozen=True, slots=True)
class Host:
    """One open inbox, and how to open another: the very same in memory, where no other could see the data."""

    inbox: OpenInbox
    stores: Stores
    another: Callable[[], AbstractAsyncContextManager[OpenInbox]]

    @property
    def scene(self) -> Scene:
        """Who writes."""
        return Scene(self.stores)

    async def connected(self, *tenants: TenantId) -> None:
        """Each tenant has a Page; that is the first event of its log."""
        for tenant in tenants or (CASA,):
            await self.scene.connected(tenant, page_candidate(page_of(tenant)))

    async def written(self, *texts: str, tenant: TenantId = CASA) -> None:
        """A contact writes to the tenant's Page, one text after the other."""
        for text in texts:
            await self.scene.happens(wrote(f"m-{tenant}-{text}", text, external_id=page_of(tenant)))

    async def next(self, consumer: str, **only: Any) -> DeliveredEvent:
        """What a new loop of this consumer is given first; it is left at once."""
        async with asyncio.timeout(IN_TIME):
            async for event in self.inbox.events(consumer=consumer, **only):
                return event
        raise AssertionError("the loop ended")

    async def is_quiet(self, consumer: str) -> bool:
        """Whether a loop of this consumer is given nothing for a moment."""
        try:
            async with asyncio.timeout(0.3):
                async for _ in self.inbox.events(consumer=consumer):
                    return False
        except TimeoutError:
            return True
        raise AssertionError("the loop ended")


def page_of(tenant: TenantId) -> str:
    """The tenant's Page."""
    return PAGE if tenant == CASA else f"page-of-{tenant}"


async def take(events: AsyncIterator[DeliveredEvent], count: int) -> list[DeliveredEvent]:
    """So many, each acknowledged but the last."""
    async with asyncio.timeout(IN_TIME):
        return [await anext(events) for _ in range(count)]


def text_of(event: DeliveredEvent) -> str | None:
    """What the message says that it is about."""
    return None if event.data.message is None else event.data.message.text


async def until(holds: Callable[[], bool]) -> None:
    """Waits until it holds."""
    async with asyncio.timeout(IN_TIME):
        while not holds():  # noqa: ASYNC110  # a condition has no event
            await asyncio.sleep(0.01)


@asynccontextmanager
async def host_in_memory() -> AsyncGenerator[Host]:
    """On the fakes that ship with the package."""
    async with open_inbox(Settings.in_memory(meta=FakeMeta()), jobs=False) as inbox:

        @asynccontextmanager
        async def same() -> AsyncGenerator[OpenInbox]:
            yield inbox

        journal: Any = inbox.receive_webhook_event.journal
        yield Host(inbox, stores_in(journal.store), same)


@asynccontextmanager
async def host_on_postgres() -> AsyncGenerator[Host]:
    """On a real server, as several processes would have it open."""
    async with emptied() as opened:
        given = environment(make_conninfo(await asyncio.to_thread(database), user=LOGIN), 8000)
        settings = Settings.of({name: text for name, text in given.items() if name not in ("PATH", "HOME")})
        async with open_inbox(settings, jobs=False) as inbox:
            hints = inbox.events.turns.hints
            assert isinstance(hints, ProcessEventHints)
            telling = replace(opened, db=Database(opened.pool, told=hints.tell))
            keys = KeyRing.parse(given["META_INBOX_ENCRYPTION_KEYS"])
            yield Host(inbox, stores_on(telling, keys), lambda: open_inbox(settings, jobs=False))
