"""The line that batches of webhooks share: taken from the pool for as long as one follows the other."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.pq.abc import PGresult
from psycopg_pool import AsyncConnectionPool

from meta_inbox.adapters.persistence.round_trip import Call, Connection, Line

_LARGE = 64 * 1024
_CUT = psycopg.OperationalError("the caller did not wait for the end")


@dataclass(slots=True)
class _Held:
    line: Line
    connection: AsyncExitStack
    users: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class SharedLine:
    """Opens a line for whoever comes first, and gives its connection back when the last has left.

    Small transactions go one behind the other on one line. A large one that would have to wait takes a
    second line, since only its last part, the conversations, must wait for the other's commit.
    """

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool
        self._opening = asyncio.Lock()
        self._held: dict[int, _Held] = {}

    async def transact(self, calls: Sequence[Call]) -> None:
        """Runs the calls as one transaction, committed; psycopg's errors as ever.

        Whoever is cancelled closes the connection at once, without waiting for the server, and with it
        whatever else is under way on it.
        """
        async with self._line(0 if _size(calls) < _LARGE or 0 not in self._held else 1) as held:
            if held.line.goes_ahead:
                await transact(held.line, calls)
            else:
                async with held.turn:
                    await transact(held.line, calls)

    @asynccontextmanager
    async def _line(self, number: int) -> AsyncGenerator[_Held, Any]:
        async with self._opening:
            held = self._held.get(number)
            if held is None or not held.line.is_open:
                held = self._held[number] = await self._open()
            held.users += 1
        try:
            yield held
        finally:
            held.users -= 1
            if not held.users:
                if self._held.get(number) is held:
                    del self._held[number]
                held.line.close()
                await held.connection.aclose()

    async def _open(self) -> _Held:
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(self._pool.connection())
            return _Held(Line(connection), stack.pop_all())
        raise AssertionError("unreachable")


async def transact(line: Line, calls: Sequence[Call]) -> PGresult | None:
    """Runs the calls as one transaction of the line; whoever is cancelled cuts it."""
    try:
        return await line.send(calls)
    except asyncio.CancelledError:
        line.cut(_CUT)
        raise
    except psycopg.errors.InvalidSqlStatementName:
        # psycopg, or the host whose connection it is, had the server forget what was prepared.
        # Nothing was done, since a transaction of ours fails as a whole.
        line.forget()
        return await transact(line, calls)


def _size(calls: Sequence[Call]) -> int:
    return sum(len(value) for call in calls for value in call.values)
