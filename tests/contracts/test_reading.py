"""Reading in one round trip: everybody their own answer, and nothing of it stays on the connection."""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from meta_inbox.adapters.persistence.database import Connection, Database, Pool, open_pool
from meta_inbox.adapters.persistence.reading import Question
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.ids import TenantId
from tests.contracts.postgres_stores import Opened, database, emptied
from tests.contracts.scene import CASA

pytestmark = pytest.mark.real

ECHO = Question.named(b"test_read_echo", "select %(word)s::text || %(word)s || %(end)s::text")
KINDS = Question.named(
    b"test_read_kinds",
    "select '2026-01-02T03:04:05.678901+02:00'::timestamptz, '{\"a\": [1, null]}'::jsonb, null, 7, 'é'",
)
WRITE = Question.named(
    b"test_read_write", "update meta_inbox.accounts set updated_at = now() returning id::text"
)
SLOW = Question.named(b"test_read_slow", "select pg_sleep(%(seconds)s::float8)")
DIVIDE = Question.named(b"test_read_divide", "select 1 / %(by)s::int")
SERVER = Question.named(b"test_read_server", "select pg_backend_pid()")
WHO = Question.named(
    b"test_read_who", "select current_user::text, current_setting('meta_inbox.tenant', true)"
)


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """An empty database."""
    async with emptied() as found:
        yield found


async def test_a_value_may_stand_in_several_places(opened: Opened) -> None:
    values = {"end": "!", "word": "olá", "unasked": "nothing"}
    assert await opened.db.read(CASA, ECHO, values) == [("oláolá!",)]


async def test_times_are_in_utc_wherever_the_server_is() -> None:
    pool: Pool = AsyncConnectionPool(database(), open=False, kwargs={"options": "-c timezone=Asia/Tokyo"})
    async with pool:
        rows = await Database(pool).read(CASA, KINDS, {})
    at = datetime(2026, 1, 2, 1, 4, 5, 678901, tzinfo=UTC)
    assert rows == [(at, {"a": [1, None]}, None, 7, "é")]
    assert rows[0][0].tzinfo is UTC


async def test_it_is_read_as_the_tenant(opened: Opened) -> None:
    assert await opened.db.read(CASA, WHO, {}) == [("meta_inbox_tenant", CASA)]


@pytest.mark.parametrize("prepare", [True, False])
async def test_the_tenant_is_the_same_in_whatever_encoding_a_host_connects(*, prepare: bool) -> None:
    async def configure(connection: Connection) -> None:
        connection.prepare_threshold = 5 if prepare else None

    given = {"client_encoding": "latin1"}
    pool: Pool = AsyncConnectionPool(database(), open=False, configure=configure, kwargs=given)
    async with pool:
        for _ in range(2):
            found = await Database(pool).read(TenantId("são"), WHO, {})
            assert found == [("meta_inbox_tenant", "são")]


async def test_nothing_can_be_changed(opened: Opened) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        await opened.db.read(CASA, WRITE, {})


@pytest.mark.parametrize("question", [KINDS, WRITE], ids=["an answer", "an error"])
async def test_nothing_stays_on_the_connection(opened: Opened, question: Question) -> None:
    for _ in range(10):
        try:
            await opened.db.read(CASA, question, {})
        except psycopg.errors.ReadOnlySqlTransaction:
            continue
    async with opened.pool.connection() as connection:
        found = await connection.execute(
            "select current_user = session_user, current_setting('meta_inbox.tenant', true),"
            " current_setting('transaction_read_only'), current_setting('plan_cache_mode')"
        )
        assert await found.fetchone() in [(True, None, "off", "auto"), (True, "", "off", "auto")]


async def test_an_error_is_the_callers_alone(opened: Opened) -> None:
    for number in range(30):
        with pytest.raises(psycopg.errors.DivisionByZero):
            await opened.db.read(CASA, DIVIDE, {"by": "0"})
        assert await opened.db.read(CASA, ECHO, {"word": str(number), "end": ""}) == [(f"{number}" * 2,)]


async def test_nobody_is_given_anothers_answer(opened: Opened) -> None:
    chance, patient = random.Random(7), opened.db

    async def ask(number: int) -> None:
        hurried = chance.random() < 0.5
        seconds = timedelta(seconds=chance.uniform(0.0005, 0.02))
        db = Database(opened.pool, deadline=seconds) if hurried else patient
        try:
            assert await db.read(CASA, ECHO, {"word": f"{number},", "end": ""}) == [(f"{number}," * 2,)]
        except StorageUnavailable:
            assert hurried

    for first in range(0, 400, 40):
        await asyncio.gather(*(ask(number) for number in range(first, first + 40)))


async def test_who_does_not_wait_for_the_end_frees_the_connection(opened: Opened) -> None:
    impatient = Database(opened.pool, deadline=timedelta(seconds=0.1))
    with pytest.raises(StorageUnavailable):
        await impatient.read(CASA, SLOW, {"seconds": "30"})
    assert await opened.db.read(CASA, SLOW, {"seconds": "0"}) == [("",)]


async def _read(db: Database) -> object:
    return await db.read(CASA, ECHO, {"word": "", "end": ""})


async def _at_once(db: Database) -> None:
    await db.at_once([])


@pytest.mark.parametrize("idle", [0, 0.6], ids=["in use", "idle for a while"])
@pytest.mark.parametrize("how", [_read, _at_once])
async def test_a_frozen_server_is_waited_for_until_the_deadline_alone(
    how: Callable[[Database], Awaitable[object]], idle: float
) -> None:
    async with open_pool(database(), min_size=1, max_size=1) as pool:
        impatient = Database(pool, deadline=timedelta(seconds=1))
        ((server,),) = await impatient.read(CASA, SERVER, {})
        await asyncio.sleep(idle)
        os.kill(server, signal.SIGSTOP)
        began = time.monotonic()
        try:
            with pytest.raises(StorageUnavailable):
                await how(impatient)
            assert time.monotonic() - began < 2
        finally:
            os.kill(server, signal.SIGCONT)


async def test_what_the_server_forgot_is_prepared_anew(opened: Opened) -> None:
    async def forget(connection: Connection) -> None:
        await connection.execute("deallocate all")

    for word in ("a", "b"):
        assert await opened.db.read(CASA, ECHO, {"word": word, "end": ""}) == [(word * 2,)]
        await asyncio.gather(*(opened.db.as_system(forget) for _ in range(10)))


async def test_nothing_need_be_prepared() -> None:
    async with open_pool(database(), prepare=False) as pool:
        for _ in range(3):
            assert await Database(pool).read(CASA, ECHO, {"word": "a", "end": "b"}) == [("aab",)]
        async with pool.connection() as connection:
            found = await connection.execute("select count(*) from pg_prepared_statements")
            assert await found.fetchone() == (0,)


async def test_a_text_is_not_cut_at_a_nul(opened: Opened) -> None:
    with pytest.raises(psycopg.DataError):
        await opened.db.read(CASA, ECHO, {"word": "casa\0verde", "end": ""})
