"""Who did not get an answer in time leaves nothing of it to whoever uses the connection next."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.domain.errors import StorageUnavailable
from tests.contracts.postgres_stores import Opened, emptied
from tests.contracts.scene import CASA

pytestmark = pytest.mark.real


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    async with emptied() as opened:
        yield opened


async def test_a_connection_that_was_left_in_the_middle_is_used_no_more(opened: Opened) -> None:
    impatient, left = Database(opened.pool, deadline=timedelta(seconds=0.1)), list[Connection]()

    async def wait(connection: Connection) -> None:
        left.append(connection)
        await connection.execute("select pg_sleep(0.5)")

    with pytest.raises(StorageUnavailable):
        await impatient.as_tenant(CASA, wait)
    await asyncio.sleep(0.7)
    assert [connection.closed for connection in left] == [True]


async def test_nobody_is_given_anothers_answer(opened: Opened) -> None:
    chance, patient = random.Random(7), Database(opened.pool)

    async def ask(number: int) -> None:
        async def asked(connection: Connection) -> int:
            for _ in range(3):
                row = await (await connection.execute("select %s::int", (number,))).fetchone()
                assert row == (number,)
            return number

        hurried = chance.random() < 0.5
        seconds = timedelta(seconds=chance.uniform(0.0005, 0.02))
        db = Database(opened.pool, deadline=seconds) if hurried else patient
        try:
            assert await db.as_tenant(CASA, asked) == number
        except StorageUnavailable:
            assert hurried

    for first in range(0, 400, 40):
        await asyncio.gather(*(ask(number) for number in range(first, first + 40)))
