"""The first system's database, read and never written, in one snapshot and with little memory."""

from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import AsyncConnection, AsyncServerCursor, IsolationLevel, sql

from meta_inbox.adapters.persistence.v121_columns import ACCOUNTS, COLUMNS, MESSAGES, ColumnNames
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.former import FormerAccount, FormerMessage

_Connection = AsyncConnection[tuple[Any, ...]]

_BATCH = 200
_TIMES = frozenset(
    {"token_expires_at", "connected_at", "last_synced_at", "updated_at", "sent_at", "created_at"}
)
# Times without a zone were UTC over there. A long look at a table must not be cut short.
_SETUP = """
    select set_config('timezone', 'UTC', false), set_config('statement_timeout', '0', false),
           set_config('idle_in_transaction_session_timeout', '0', false)
"""
# An account that was connected twice is as it was connected last.
_READ_ACCOUNTS = sql.SQL("select {columns} from {table} order by {connected_at} desc nulls last, {id}")
# A conversation's messages come together, so that little is told of each.
_READ_MESSAGES = sql.SQL("""
    select {columns} from {table}
    order by {account_id}, least({from_id}::text, {to_id}::text), greatest({from_id}::text, {to_id}::text),
             coalesce({sent_at}, {created_at}), {id}
""")
_FIELDS = {"message_id": "mid", "message_text": "text", "raw_payload": "raw"}


@dataclass(frozen=True, slots=True)
class V121Database:
    """One snapshot of it."""

    connection: _Connection
    names: ColumnNames

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, names: ColumnNames) -> AsyncGenerator["V121Database"]:
        """Raises OldTablesDiffer, and StorageUnavailable when it cannot be reached or read."""
        with _told():
            connection: _Connection = await AsyncConnection.connect(dsn, client_encoding="utf8")
        try:
            with _told():
                await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
                await connection.set_read_only(True)
                await connection.execute(_SETUP)
                await names.check(connection)
            yield cls(connection, names)
        finally:
            await connection.close()

    async def accounts(self) -> AsyncGenerator[FormerAccount]:
        """Every account, the newest connection first; to be closed by who stops before the end."""
        async with aclosing(self._read(ACCOUNTS, _READ_ACCOUNTS, "accounts")) as batches:
            async for batch in batches:
                for row in batch:
                    yield FormerAccount(**row)

    async def messages(self) -> AsyncGenerator[list[FormerMessage]]:
        """Every message, some hundreds at a time, account by account."""
        async with aclosing(self._read(MESSAGES, _READ_MESSAGES, "messages")) as batches:
            async for batch in batches:
                yield [FormerMessage(**row) for row in batch]

    async def _read(self, table: str, query: sql.SQL, name: str) -> AsyncGenerator[list[dict[str, Any]]]:
        columns = COLUMNS[table]
        identifiers = {column: self.names.of(table, column) for column in columns}
        shown = sql.SQL(", ").join(_cast(column, identifiers[column]) for column in columns)
        statement = query.format(columns=shown, table=sql.Identifier(table), **identifiers)
        async with self.connection.cursor(name=name) as cursor:
            with _told():
                await cursor.execute(statement)
            while rows := await _next(cursor):
                yield [_named(columns, row) for row in rows]


async def _next(cursor: AsyncServerCursor[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    with _told():
        return await cursor.fetchmany(_BATCH)


@contextmanager
def _told() -> Generator[None]:
    """What the driver raises, as an error of ours: its first line names no password."""
    try:
        yield
    except psycopg.Error as error:
        line = str(error).partition("\n")[0]
        raise StorageUnavailable(f"the old database cannot be read: {line}") from error


def _cast(column: str, name: sql.Identifier) -> sql.Composed:
    return sql.SQL("{}::{}").format(name, sql.SQL("timestamptz" if column in _TIMES else "text"))


def _named(columns: Sequence[str], row: tuple[Any, ...]) -> dict[str, Any]:
    pairs = zip(columns, row, strict=True)
    return {_FIELDS.get(column, column): _value(value) for column, value in pairs}


def _value(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
