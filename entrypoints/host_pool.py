"""A host's own pool of connections, borrowed: each connection goes back with the habits it came with."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool

HostPool = AsyncConnectionPool[Any]


class BorrowedPool:
    """What our units of work need of a pool. The host opens and closes it."""

    def __init__(self, pool: HostPool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[AsyncConnection[Any]]:
        """A connection that returns tuples and begins transactions by itself, whatever the host prefers."""
        async with self._pool.connection() as connection:
            factory, autocommit = connection.row_factory, connection.autocommit
            connection.row_factory = tuple_row
            if autocommit:
                await connection.set_autocommit(False)
            try:
                yield connection
            finally:
                connection.row_factory = factory
                if autocommit and not connection.closed:
                    await _end_transaction(connection)
                    await connection.set_autocommit(True)


async def _end_transaction(connection: AsyncConnection[Any]) -> None:
    if connection.info.transaction_status is not TransactionStatus.IDLE:
        await connection.rollback()
