"""A transaction in one round trip: whole or not at all, and nothing of it stays on the connection."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.round_trip import Statement, byteas, texts
from meta_inbox.domain.errors import NotFound, StorageUnavailable
from tests.contracts.postgres_stores import Opened, emptied

pytestmark = pytest.mark.real

MARK = Statement(b"test_mark", "insert into meta_inbox.key_canaries (kid, sealed) values ($1::text, 'x')")
DIVIDE = Statement(b"test_divide", "select 1 / $1::int")
SLEEP = Statement(b"test_sleep", "select pg_sleep(30)")
NAP = Statement(b"test_nap", "select pg_sleep($1::float8)")
NO_SUCH = Statement(b"test_no_such", "select * from meta_inbox.no_such_table")
WHO = Statement(
    b"test_who",
    "insert into meta_inbox.key_canaries (kid, sealed) "
    "values ($1::text, pg_backend_pid()::text || left($2, 0))",
)
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


async def servers(opened: Opened) -> dict[str, str]:
    """Which server process made which mark."""

    async def work(connection: Connection) -> dict[str, str]:
        found = await connection.execute("select kid, sealed from meta_inbox.key_canaries")
        return dict(await found.fetchall())

    return await opened.db.as_system(work)


async def test_what_comes_meanwhile_goes_behind_it_on_the_same_connection(opened: Opened) -> None:
    nap = [WHO.with_values("a", ""), NAP.with_values("0.2")]
    await asyncio.gather(
        *(opened.db.at_once(calls) for calls in (nap, [WHO.with_values("b", "")], [WHO.with_values("c", "")]))
    )
    assert len(set((await servers(opened)).values())) == 1


async def test_a_large_one_does_not_wait_behind_another(opened: Opened) -> None:
    nap = asyncio.create_task(opened.db.at_once([WHO.with_values("a", ""), NAP.with_values("0.5")]))
    await asyncio.sleep(0.1)
    await opened.db.at_once([WHO.with_values("b", "x" * 100_000)])
    assert not nap.done()
    await nap
    assert len(set((await servers(opened)).values())) == 2


async def test_what_fails_does_not_take_the_next_with_it(opened: Opened) -> None:
    results = await asyncio.gather(
        opened.db.at_once([MARK.with_values("a"), NAP.with_values("0.1")]),
        opened.db.at_once([MARK.with_values("b"), DIVIDE.with_values("0")]),
        opened.db.at_once([MARK.with_values("c")]),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), psycopg.errors.DivisionByZero, type(None)]
    assert await marks(opened) == ["a", "c"]


async def test_a_statement_that_cannot_be_prepared_says_why_each_time(opened: Opened) -> None:
    for _ in range(3):
        with pytest.raises(psycopg.errors.UndefinedTable):
            await opened.db.at_once([MARK.with_values("a"), NO_SUCH.with_values()])
        await opened.db.at_once([NAP.with_values("0")])
    assert await marks(opened) == []


async def test_who_is_cut_off_tells_those_behind(opened: Opened) -> None:
    async def cut() -> None:
        async with opened.pool.connection() as connection:
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep%' "
                "and pid <> pg_backend_pid() and datname = current_database()"
            )

    behind = [
        asyncio.create_task(opened.db.at_once(calls))
        for calls in ([MARK.with_values("a"), SLEEP.with_values()], [MARK.with_values("b")])
    ]
    await asyncio.sleep(0.3)
    await cut()
    results = await asyncio.gather(*behind, return_exceptions=True)
    assert [type(result) for result in results] == [StorageUnavailable, StorageUnavailable]
    await opened.db.at_once([MARK.with_values("c")])
    assert await marks(opened) == ["c"]


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
