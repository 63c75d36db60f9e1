"""``open_inbox``: what a host application holds, and what our own server and worker are made of."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

from meta_inbox.adapters.addresses.guard import AddressGuard
from meta_inbox.adapters.http.front import Front
from meta_inbox.adapters.http.identity import Identity
from meta_inbox.adapters.meta_graph.fake import FakeMeta
from meta_inbox.adapters.meta_graph.media_fetch import MediaFetcher
from meta_inbox.adapters.meta_graph.meter import Meter
from meta_inbox.adapters.meta_graph.transport import HttpTransport
from meta_inbox.adapters.outgoing.fake import FakeReceivers
from meta_inbox.adapters.persistence.database import Pool, open_pool
from meta_inbox.adapters.persistence.migration_files import load
from meta_inbox.adapters.persistence.postgres_inspection import StorageState
from meta_inbox.domain.inbox import Inbox
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Clock, Readiness
from meta_inbox.entrypoints.api import api
from meta_inbox.entrypoints.container import InMemory, OnPostgres
from meta_inbox.entrypoints.environment import SettingsError, missing
from meta_inbox.entrypoints.event_handlers import HandleEvents
from meta_inbox.entrypoints.event_stream import FollowEvents
from meta_inbox.entrypoints.event_turns import EventTurns
from meta_inbox.entrypoints.heartbeat import Heartbeat
from meta_inbox.entrypoints.host_pool import BorrowedPool, HostPool
from meta_inbox.entrypoints.listener import Listener
from meta_inbox.entrypoints.posters import fake_poster, real_poster
from meta_inbox.entrypoints.readiness import LoopLag, ServiceReadiness
from meta_inbox.entrypoints.settings import Settings
from meta_inbox.entrypoints.storage import Storage, storage
from meta_inbox.entrypoints.worker import Worker, jobs_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInbox(Inbox):
    """Every use case as an attribute, the event log, and the HTTP API to mount; good until its block ends.

    ``events`` is for a loop of the host's own, ``on`` calls its handlers.
    """

    events: FollowEvents = field(repr=False)
    on: HandleEvents = field(repr=False)
    settings: Settings
    readiness: Readiness
    clock: Clock
    identity: Identity | None = field(repr=False)
    worker: Worker | None = field(repr=False)
    heartbeat: Heartbeat = field(repr=False)
    meter: Meter = field(repr=False)
    fronts: list[Front] = field(repr=False, default_factory=list[Front])
    fake_receivers: FakeReceivers | None = field(repr=False, default=None)

    @property
    def receivers(self) -> FakeReceivers:
        """Who is told of events, by an inbox in memory alone: what it posts is kept there. RuntimeError."""
        if self.fake_receivers is None:
            raise RuntimeError("this inbox posts to real receivers")
        return self.fake_receivers

    def asgi(self, *, identity: Identity | None = None, web: Mapping[str, bytes] | None = None) -> Front:
        """The HTTP API; needs no lifespan. ``identity`` tells who calls; else bearer tokens do.

        ``web`` is what our own server gives: the web app's files. SettingsError when there is no way to check
        bearer tokens.
        """
        self.heartbeat.serves = True
        known = identity or self.identity
        turns = self.events.turns
        front = api(
            self.settings,
            self,
            self.readiness,
            self.clock,
            known,
            events=turns.log,
            hints=turns.hints,
            meter=self.meter,
            web=web,
        )
        self.fronts.append(front)
        return front

    async def end_live(self) -> None:
        """Has the live connections end, which come again elsewhere or later."""
        for front in self.fronts:
            await front.live.close()

    def retire(self) -> None:
        """Has the background jobs begin nothing more, ahead of closing."""
        if self.worker is not None:
            self.worker.retire()


@asynccontextmanager
async def open_inbox(
    settings: Settings,
    *,
    jobs: bool = True,
    identity: Identity | None = None,
    pool: HostPool | None = None,
) -> AsyncGenerator[OpenInbox]:
    """Opens everything, migrates, and runs the background jobs until the block ends, within 10 s.

    ``jobs=False``: none of them here, so that a worker must run elsewhere. ``pool`` is the host's own, used
    and left as it was. Without a ``database_url`` an embedded Postgres is started, which blocks for a
    moment. SettingsError, MigrationNotAllowed, StorageUnavailable.
    """
    async with AsyncExitStack() as stack:
        if settings.fake_meta is not None:
            opened = await _in_memory(stack, settings, settings.fake_meta, jobs=jobs, identity=identity)
        else:
            opened = await _on_postgres(stack, settings, jobs=jobs, identity=identity, pool=pool)
        stack.push_async_callback(opened.end_live)
        yield opened


async def _in_memory(
    stack: AsyncExitStack, settings: Settings, meta: FakeMeta, *, jobs: bool, identity: Identity | None
) -> OpenInbox:
    poster = await fake_poster(stack, settings)
    parts = InMemory(settings=settings, poster=poster)
    store = parts.store()

    async def state() -> StorageState:
        return StorageState(applied=frozenset(), oldest_waiting=None)

    async def receive(body: bytes, signature: bytes) -> None:
        await parts.core.container.inbox().receive_webhook_event(body=body, signature=signature)

    def external_id_of(account: str) -> str | None:
        found = (row.account for (_, id_), row in store.accounts.items() if id_ == account)
        return next((account.external_id for account in found), None)

    readiness = ServiceReadiness(storage=state, expected=frozenset())
    meter = meta.calls.meter
    opened = await _opened(stack, settings, parts, readiness, meter, jobs=jobs, identity=identity)
    await stack.enter_async_context(meta.delivering(receive, external_id_of=external_id_of))
    return replace(opened, fake_receivers=poster.receivers)


async def _on_postgres(
    stack: AsyncExitStack,
    settings: Settings,
    *,
    jobs: bool,
    identity: Identity | None,
    pool: HostPool | None,
) -> OpenInbox:
    found = _storage_of(stack, settings, pool)
    await asyncio.to_thread(found.bring_up_to_date)
    if pool is None:
        own = await stack.enter_async_context(open_pool(found.runtime.reveal(), prepare=not found.pooled))
    else:
        own = cast("Pool", BorrowedPool(pool))
    transport = await stack.enter_async_context(HttpTransport.open())
    settings = replace(settings, meta_inbox_data_dir=found.data_dir)
    guard = AddressGuard(hosts=settings.media_rules.hosts)
    fetcher = await stack.enter_async_context(MediaFetcher.open(guard))
    poster = await real_poster(stack, settings)
    parts = OnPostgres(settings=settings, pool=own, transport=transport, fetcher=fetcher, poster=poster)
    await _require_known_keys(parts)
    stack.push_async_callback(parts.journal().close)
    readiness = ServiceReadiness(
        storage=parts.inspection().state, expected=frozenset(file.name for file in load())
    )
    _meanwhile(stack, Listener(found.direct, parts.wakeups(), parts.hints()).run())
    _meanwhile(stack, parts.relay().run(parts.events().pass_on))
    return await _opened(stack, settings, parts, readiness, parts.meter(), jobs=jobs, identity=identity)


async def _require_known_keys(parts: OnPostgres) -> None:
    parts.keys().self_test()
    if wrong := await parts.custody().wrong_keys():
        raise SettingsError(
            f"META_INBOX_ENCRYPTION_KEYS has another key {' and '.join(wrong)} than this database knows: "
            "expects the former one, without which its access tokens cannot be opened"
        )


def _storage_of(stack: AsyncExitStack, settings: Settings, pool: HostPool | None) -> Storage:
    url = settings.database_url
    if url is None and pool is not None:
        if not isinstance(pool.conninfo, str):
            raise missing("DATABASE_URL")
        url = Secret(pool.conninfo)
    direct = settings.meta_inbox_direct_database_url
    return stack.enter_context(storage(url, direct, settings.meta_inbox_data_dir))


async def _opened(
    stack: AsyncExitStack,
    settings: Settings,
    parts: OnPostgres | InMemory,
    readiness: ServiceReadiness,
    meter: Meter,
    *,
    jobs: bool,
    identity: Identity | None,
) -> OpenInbox:
    inbox = parts.core.container.inbox()
    worker: Worker | None = None
    if jobs:
        worker = Worker(
            jobs=jobs_of(inbox, parts.journal(), parts.outbox(), event_days=settings.meta_inbox_event_days),
            wakeups=parts.wakeups(),
            drain=inbox.upkeep.drain,
        )
        worker.start()
        stack.push_async_callback(worker.stop)
        readiness.beats = worker.beats
    else:
        stack.push_async_callback(inbox.upkeep.drain, 6.0)
    readiness.lag = LoopLag()
    _meanwhile(stack, readiness.lag.run())
    turns = EventTurns(consumers=parts.consumers(), log=parts.events(), hints=parts.hints())
    handlers = HandleEvents(turns=turns, letters=parts.dead_letters())
    stack.push_async_callback(turns.end)
    stack.push_async_callback(handlers.end)
    heartbeat = Heartbeat(histories=parts.histories())
    _meanwhile(stack, heartbeat.run())
    return OpenInbox(
        **{one.name: getattr(inbox, one.name) for one in fields(Inbox)},
        events=FollowEvents(turns=turns),
        on=handlers,
        settings=settings,
        readiness=readiness,
        clock=parts.clock(),
        identity=identity,
        worker=worker,
        heartbeat=heartbeat,
        meter=meter,
    )


def _meanwhile(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)

    async def end() -> None:
        task.cancel()
        await asyncio.wait({task}, timeout=1)

    stack.push_async_callback(end)
