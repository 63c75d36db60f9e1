"""A whole transaction in one round trip: every statement sent at once, the answers read together.

Statements that are sent without waiting, up to the next Sync message, are one transaction for PostgreSQL
("Pipelining" in its chapter on the protocol): they are committed together or not at all, without BEGIN.

psycopg's own pipeline waits for the socket before each statement, which costs the ingest path more than
everything else it does. Here all of it is written in one go through psycopg's libpq interface, and the
event loop is asked only once whether answers have come (docs/decisions/0005-group-commit.md).
"""

import asyncio
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_PREPARED = "_meta_inbox_prepared"
_BYTEA, _TEXT = 17, 25
_NULL = b"\xff\xff\xff\xff"
_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with ``$1``-like parameters, under the name by which a connection keeps it prepared."""

    name: bytes
    sql: LiteralString

    def with_values(self, *values: "bytes | str") -> "Call":
        """Text values as they are, ``bytes`` in the binary format of their type."""
        return Call(self, values)


@dataclass(frozen=True, slots=True)
class Call:
    """A statement and what it is given."""

    statement: Statement
    values: Sequence[bytes | str]


def byteas(values: Sequence[bytes]) -> bytes:
    """A ``bytea[]`` in the binary format."""
    return _array(_BYTEA, values)


def texts(values: Sequence[str | None]) -> bytes:
    """A ``text[]`` in the binary format."""
    return _array(_TEXT, [None if value is None else value.encode() for value in values])


def _array(oid: int, values: Sequence[bytes | None]) -> bytes:
    parts = [struct.pack("!iiIii", 1, 1 if None in values else 0, oid, len(values), 1)]
    parts += [_NULL if value is None else struct.pack("!i", len(value)) + value for value in values]
    return b"".join(parts) if values else struct.pack("!iiI", 0, 0, oid)


async def transact(connection: Connection, calls: Sequence[Call]) -> None:
    """Runs the calls as one transaction, committed; psycopg's errors as ever. The first takes the role.

    The connection must be idle. When anything but an SQL error ends it, the connection is closed.
    """
    try:
        await _attempt(connection, calls)
    except psycopg.errors.InvalidSqlStatementName:
        # psycopg, or the host whose connection it is, had the server forget what was prepared. Nothing was
        # done, since a transaction of ours fails as a whole.
        connection.__dict__[_PREPARED] = _Prepared(epoch=_prepared(connection).epoch + 1)
        await _attempt(connection, calls)


async def _attempt(connection: Connection, calls: Sequence[Call]) -> None:
    pgconn = connection.pgconn
    prepared = _prepared(connection) if connection.prepare_threshold is not None else None
    try:
        if prepared is not None:
            await _prepare(pgconn, calls, prepared)
        results = await _exchange(pgconn, calls, prepared)
    except BaseException:
        pgconn.finish()
        raise
    failed = next((result for result in results if result.status == ExecStatus.FATAL_ERROR), None)
    if failed is not None:
        raise psycopg.errors.error_from_result(failed, encoding="utf-8")


@dataclass(slots=True, kw_only=True)
class _Prepared:
    """What one connection keeps prepared; a new epoch gives new names, so that no old one is in the way."""

    epoch: int = 0
    names: set[bytes] = field(default_factory=set[bytes])

    def name_of(self, statement: Statement) -> bytes:
        return b"%s_%d" % (statement.name, self.epoch)


def _prepared(connection: Connection) -> _Prepared:
    found: _Prepared = connection.__dict__.setdefault(_PREPARED, _Prepared())
    return found


async def _prepare(pgconn: PGconn, calls: Sequence[Call], prepared: _Prepared) -> None:
    new = {call.statement for call in calls if prepared.name_of(call.statement) not in prepared.names}
    if not new:
        return
    pgconn.enter_pipeline_mode()
    # Names are looked up when a statement is prepared, so the role must be taken before.
    pgconn.send_query_params(calls[0].statement.sql.encode(), _encoded(calls[0]))
    for statement in new:
        pgconn.send_prepare(prepared.name_of(statement), statement.sql.encode())
    for result in await _answers(pgconn):
        if result.status == ExecStatus.FATAL_ERROR:
            raise psycopg.errors.error_from_result(result, encoding="utf-8")
    prepared.names.update(prepared.name_of(statement) for statement in new)


def _encoded(call: Call) -> list[bytes]:
    return [value.encode() if isinstance(value, str) else value for value in call.values]


async def _exchange(pgconn: PGconn, calls: Sequence[Call], prepared: _Prepared | None) -> list[PGresult]:
    pgconn.enter_pipeline_mode()
    for call in calls:
        values = _encoded(call)
        formats = [Format.TEXT if isinstance(value, str) else Format.BINARY for value in call.values]
        if prepared is not None:
            pgconn.send_query_prepared(prepared.name_of(call.statement), values, formats)
        else:
            pgconn.send_query_params(call.statement.sql.encode(), values, None, formats)
    return await _answers(pgconn)


async def _answers(pgconn: PGconn) -> list[PGresult]:
    pgconn.pipeline_sync()
    await _flush(pgconn)
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            await _readable(pgconn.socket)
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            break
        if result.status in _DONE or result.status == ExecStatus.FATAL_ERROR:
            results.append(result)
    pgconn.exit_pipeline_mode()
    return results


async def _flush(pgconn: PGconn) -> None:
    """Writes everything; the server may answer, and must be heard, before it has read it all."""
    while pgconn.flush():
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        loop.add_writer(pgconn.socket, _set, ready)
        loop.add_reader(pgconn.socket, _set, ready)
        try:
            await ready
        finally:
            loop.remove_writer(pgconn.socket)
            loop.remove_reader(pgconn.socket)
        pgconn.consume_input()


async def _readable(socket: int) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(socket, _set, ready)
    try:
        await ready
    finally:
        loop.remove_reader(socket)


def _set(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)
