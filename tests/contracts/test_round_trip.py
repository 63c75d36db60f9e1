"""A transaction in one round trip: whole or not at all, and nothing of it stays on the connection."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.round_trip import Statement, byteas, texts
from meta_inbox.domain.errors import NotFound
from tests.contracts.postgres_stores import Opened, emptied

pytestmark = pytest.mark.real

MARK = Statement(b"test_mark", "insert into meta_inbox.key_canaries (kid, sealed) values ($1::text, 'x')")
DIVIDE = Statement(b"test_divide", "select 1 / $1::int")
SLEEP = Statement(b"test_sleep", "select pg_sleep(30)")
ECHO = Statement(b"test_echo", "select length($1::text), repeat('y', 3000000)")


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """An empty database."""
    async with emptied() as found:
        yield found


async def marks(opened: Opened) -> list[str]:
    """What was marked."""

    async def work(connection: Connection) -> list[str]:
        found = await connection.execute("select kid from meta_inbox.key_canaries order by kid")
        return [row[0] for row in await found.fetchall()]

    return await opened.db.as_system(work)


async def test_all_of_it_is_committed(opened: Opened) -> None:
    await opened.db.at_once([MARK.with_values("a"), MARK.with_values("b")])
    assert await marks(opened) == ["a", "b"]


async def test_nothing_of_it_is_committed_when_a_later_statement_fails(opened: Opened) -> None:
    for _ in range(2):  # prepared anew, and prepared before
        with pytest.raises(psycopg.errors.DivisionByZero):
            await opened.db.at_once([MARK.with_values("a"), DIVIDE.with_values("0")])
    assert await marks(opened) == []


async def test_a_connection_serves_on_after_an_error(opened: Opened) -> None:
    for _ in range(30):
        with pytest.raises(psycopg.errors.DivisionByZero):
            await opened.db.at_once([DIVIDE.with_values("0")])
    await opened.db.at_once([MARK.with_values("a")])
    assert await marks(opened) == ["a"]


async def test_the_role_does_not_stay_on_the_connection(opened: Opened) -> None:
    await opened.db.at_once([MARK.with_values("a")])
    async with opened.pool.connection() as connection:
        found = await connection.execute(
            "select current_user = session_user, current_setting('lock_timeout')"
        )
        assert await found.fetchone() == (True, "0")


async def test_much_is_sent_while_much_is_answered(opened: Opened) -> None:
    await opened.db.at_once([ECHO.with_values("x" * 5_000_000)] * 4)


async def test_who_is_cancelled_leaves_at_once_and_nothing_is_kept(opened: Opened) -> None:
    task = asyncio.create_task(opened.db.at_once([MARK.with_values("z"), SLEEP.with_values()]))
    await asyncio.sleep(0.2)
    task.cancel()
    began = asyncio.get_running_loop().time()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.get_running_loop().time() - began < 0.5
    assert await marks(opened) == []


async def test_arrays_arrive_as_they_were(opened: Opened) -> None:
    take = Statement(
        b"test_take",
        "insert into meta_inbox.key_canaries (kid, sealed) "
        "select coalesce(t, '-'), encode(b, 'hex') from unnest($1::text[], $2::bytea[]) as x (t, b)",
    )
    await opened.db.at_once([take.with_values(texts(["é", None, ""]), byteas([b"\0\xff", b"", b"a"]))])
    await opened.db.at_once([take.with_values(texts([]), byteas([]))])
    assert await marks(opened) == ["", "-", "é"]


async def test_what_psycopg_had_the_server_forget_is_prepared_again(opened: Opened) -> None:
    async def fails(connection: Connection) -> None:
        await connection.execute("select 1", prepare=True)
        raise NotFound("a use case says no")

    for name in "abcdefghijkl":  # every connection of the pool meets both
        await opened.db.at_once([MARK.with_values(name)])
        with pytest.raises(NotFound):
            await opened.db.as_system(fails)
    await asyncio.gather(*(opened.db.at_once([MARK.with_values(str(n))]) for n in range(20)))
    assert len(await marks(opened)) == 32
