"""Live connections that break, are killed or hear no hints: nothing is missed, and nothing comes twice.

The sizes of the release gate run with ``make soak``; the same in small runs with ``make test``.
"""

import asyncio
import random
import signal
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from tests.harness.freeze import Frozen
from tests.harness.live import Reader, following, ticket
from tests.harness.service import SECRET, Service, connect_page, meta_inbox
from tests.harness.webhooks import PAGE, Webhook, webhooks

pytestmark = [pytest.mark.real, pytest.mark.alone]

TENANT = "bench"
SEEN_WITHIN = 2.5
_LATE = """
    create function public.late() returns trigger language plpgsql as $late$
      begin perform pg_sleep(random() * 0.01); return null; end $late$;
    create constraint trigger late after insert or update on meta_inbox.feeds
      deferrable initially deferred for each row execute function public.late();
"""
"""Commits that take their time after the tenant's number was given."""


async def post(service: Service, webhook: Webhook) -> int:
    """Sends one webhook; the status of its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    try:
        writer.write(webhook.request)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
        return int(head.split()[1])
    finally:
        writer.close()


async def insist(service: Service, webhook: Webhook) -> None:
    """Sends it as Meta does: until it is acknowledged."""
    for _ in range(200):
        if await post(service, webhook) == 200:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it was never acknowledged")


async def until(holds: Callable[[], bool], within: float) -> float:
    """Waits until it holds; for how long. AssertionError when it does not in time."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within, f"not within {within} s"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


@asynccontextmanager
async def services(database: str, count: int, **variables: str) -> AsyncGenerator[list[Service]]:
    """So many processes on one database that knows the Page."""
    started = [meta_inbox(database, **variables).start()]
    try:
        connect_page(database, PAGE, tenant=TENANT)
        started += [beside(started[0], database).start() for _ in range(count - 1)]
        yield started
    finally:
        for service in started:
            service.end()


def beside(first: Service, database: str, **variables: str) -> Service:
    """One more process with the same keys; not started yet."""
    keys = {"META_INBOX_ENCRYPTION_KEYS": first.variable("META_INBOX_ENCRYPTION_KEYS")}
    return meta_inbox(database, **keys, **variables)


async def write(running: Sequence[Service], sent: Sequence[Webhook]) -> None:
    """Sends these over all processes, several at a time, until each was acknowledged."""
    waiting = list(sent)

    async def writer(service: Service) -> None:
        while waiting:
            webhook = waiting.pop()
            await insist(service, webhook)
            await asyncio.sleep(random.uniform(0, 0.01))

    await asyncio.gather(*(writer(service) for service in running for _ in range(2)))


async def come_and_go(
    client: httpx.AsyncClient, running: Sequence[Service], times: int, chance: random.Random
) -> Reader:
    """A browser that loses its connection again and again, and comes back to whichever process answers."""
    reader = Reader()
    for _ in range(times):
        service = chance.choice(list(running))
        given = await ticket(client, service, TENANT, f"user-{chance.randrange(50)}")
        after = 0 if reader.place is None else reader.place
        async with following(service, given, reader.take, after) as follower:
            assert follower.status == 101
            await asyncio.sleep(chance.uniform(0, 0.15))
    return reader


async def catch_up(client: httpx.AsyncClient, service: Service, reader: Reader, end: int) -> None:
    """The last connection stays until it has come to the end."""
    given = await ticket(client, service, TENANT)
    async with following(service, given, reader.take, reader.place):
        await until(lambda: reader.place == end, 10)


async def reconnects(database: str, *, readers: int, times: int, messages: int) -> None:
    """Many browsers, each reconnecting, while four processes write and commit late."""
    async with services(database, 4) as running, httpx.AsyncClient() as client:
        with psycopg.connect(database, autocommit=True) as superuser:
            superuser.execute(_LATE)
        writing = asyncio.create_task(write(running, webhooks("r", messages, secret=SECRET)))
        chance = random.Random(11)
        found = await asyncio.gather(
            *(come_and_go(client, running, times, random.Random(chance.random())) for _ in range(readers))
        )
        await writing
        with psycopg.connect(database) as superuser:
            ((end,),) = superuser.execute(
                "select seq from meta_inbox.feeds where tenant_id = %s", [TENANT]
            ).fetchall()
        for reader in found:
            await catch_up(client, running[0], reader, end)
            assert reader.resyncs == 0
            assert reader.seen == list(range(1, end + 1))


async def test_browsers_that_come_and_go_see_everything_once(database: str) -> None:
    await reconnects(database, readers=8, times=12, messages=400)


@pytest.mark.soak
async def test_a_thousand_reconnects_see_everything_once(database: str) -> None:
    await reconnects(database, readers=20, times=50, messages=5000)


@asynccontextmanager
async def watched(
    database: str, **variables: str
) -> AsyncGenerator[tuple[list[Service], Reader, Callable[[str], Awaitable[float]]]]:
    """Two processes: one is followed, the other receives; and a way to say that a message comes."""
    async with AsyncExitStack() as stack:
        followed = meta_inbox(database, **variables)
        stack.callback(followed.end)
        await asyncio.to_thread(followed.start)
        connect_page(database, PAGE, tenant=TENANT)
        other = beside(followed, database).start()
        stack.callback(other.end)
        client = await stack.enter_async_context(httpx.AsyncClient())
        reader = Reader()
        given = await ticket(client, followed, TENANT)
        await stack.enter_async_context(following(followed, given, reader.take))

        async def comes(name: str) -> float:
            (webhook,) = webhooks(name, 1, secret=SECRET)
            assert await post(other, webhook) == 200
            return await until(lambda: webhook.mids[0] in reader.at, SEEN_WITHIN)

        yield [followed, other], reader, comes


async def test_a_message_of_another_process_comes_by_its_hint(database: str) -> None:
    async with watched(database) as (_, _, comes):
        await comes("first")
        took = [await comes(f"hint-{number}") for number in range(10)]
        assert sorted(took)[5] < 0.5


async def test_a_listener_whose_connection_is_ended_misses_nothing(database: str) -> None:
    async with watched(database) as (_, reader, comes):
        await comes("before")
        for number in range(5):
            with psycopg.connect(database, autocommit=True) as superuser:
                superuser.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where application_name = 'meta-inbox listener' and datname = current_database()"
                )
            await comes(f"ended-{number}")
        assert reader.seen == list(range(1, 7))


class Pipe:
    """A way to Postgres that passes nothing on while it is ``blocked``, and closes nothing."""

    def __init__(self, database: str, place: Path) -> None:
        self._database = database
        self._parts = conninfo_to_dict(database)
        self._place = place
        self._name = f".s.PGSQL.{self._parts.get('port', 5432)}"
        self._writers: list[asyncio.StreamWriter] = []
        self.open = asyncio.Event()
        self.open.set()

    @property
    def dsn(self) -> str:
        """The database by this way."""
        return make_conninfo(self._database, host=str(self._place))

    @asynccontextmanager
    async def laid(self) -> AsyncGenerator["Pipe"]:
        """Passes connections on until the block ends."""
        server = await asyncio.start_unix_server(self._connect, self._place / self._name)
        try:
            yield self
        finally:
            server.close()
            for writer in self._writers:
                writer.transport.abort()
            self.open.set()
            await asyncio.sleep(0.05)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(Path(str(self._parts["host"])) / self._name)
        self._writers += [writer, back]
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer), return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self.open.wait()
            writer.write(data)
        writer.close()


async def test_a_listener_that_is_cut_off_without_a_word_misses_nothing(
    database: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("pg")
    async with (
        Pipe(database, place).laid() as pipe,
        watched(database, META_INBOX_DIRECT_DATABASE_URL=pipe.dsn) as (_, reader, comes),
    ):
        await comes("before")
        pipe.open.clear()
        for number in range(3):
            await comes(f"cut-{number}")
        pipe.open.set()
        await comes("after")
        assert reader.seen == list(range(1, 6))


async def test_after_a_frozen_database_all_of_it_comes(database: str, postgres: EmbeddedPostgres) -> None:
    async with watched(database) as (running, reader, comes):
        await comes("before")
        (webhook,) = webhooks("frozen", 1, secret=SECRET)
        with Frozen(postgres, 30):
            assert await post(running[1], webhook) == 503
            await asyncio.sleep(1)
        await insist(running[1], webhook)
        await until(lambda: webhook.mids[0] in reader.at, SEEN_WITHIN)
        assert reader.resyncs == 0
        assert reader.seen == sorted(set(reader.seen))


async def test_a_process_that_was_frozen_tells_what_came_meanwhile(database: str) -> None:
    async with watched(database) as (running, reader, comes):
        await comes("before")
        sent = webhooks("meanwhile", 5, secret=SECRET)
        running[0].process.send_signal(signal.SIGSTOP)
        try:
            for webhook in sent:
                assert await post(running[1], webhook) == 200
            await asyncio.sleep(3)
        finally:
            running[0].process.send_signal(signal.SIGCONT)
        await until(lambda: len(reader.seen) == 6, SEEN_WITHIN)
        assert reader.seen == list(range(1, 7))


async def test_a_browser_whose_process_is_killed_goes_on_elsewhere(database: str) -> None:
    async with services(database, 2) as running, httpx.AsyncClient() as client:
        reader = Reader()
        given = await ticket(client, running[0], TENANT)
        async with following(running[0], given, reader.take) as follower:
            (first,) = webhooks("first", 1, secret=SECRET)
            assert await post(running[0], first) == 200
            await until(lambda: first.mids[0] in reader.at, SEEN_WITHIN)
            running[0].kill()
            await asyncio.wait_for(follower.gone, 5)
        missed = webhooks("missed", 5, secret=SECRET)
        for webhook in missed:
            assert await post(running[1], webhook) == 200
        given = await ticket(client, running[1], TENANT)
        async with following(running[1], given, reader.take, reader.place):
            await until(lambda: len(reader.seen) == 6, SEEN_WITHIN)
        assert reader.seen == list(range(1, 7))


async def test_a_service_that_ends_says_goodbye(database: str) -> None:
    async with services(database, 1) as running, httpx.AsyncClient() as client:
        given = await ticket(client, running[0], TENANT)
        async with following(running[0], given, Reader().take) as follower:
            ended = await asyncio.to_thread(running[0].stop)
            await asyncio.wait_for(follower.gone, 5)
        assert (ended, follower.code) == (0, 1012)
