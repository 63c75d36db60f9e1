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
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

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
    pgconn = connection.pgconn
    prepare = connection.prepare_threshold is not None
    try:
        if prepare:
            await _prepare(connection, calls)
        results = await _exchange(pgconn, calls, prepare=prepare)
    except BaseException:
        pgconn.finish()
        raise
    failed = next((result for result in results if result.status == ExecStatus.FATAL_ERROR), None)
    if failed is not None:
        raise psycopg.errors.error_from_result(failed, encoding="utf-8")


async def _prepare(connection: Connection, calls: Sequence[Call]) -> None:
    known: set[bytes] = connection.__dict__.setdefault("_meta_inbox_prepared", set())
    new = {call.statement for call in calls if call.statement.name not in known}
    if not new:
        return
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    # Names are looked up when a statement is prepared, so the role must be taken before.
    pgconn.send_query_params(calls[0].statement.sql.encode(), _encoded(calls[0]))
    for statement in new:
        pgconn.send_prepare(statement.name, statement.sql.encode())
    for result in await _answers(pgconn):
        if result.status == ExecStatus.FATAL_ERROR:
            raise psycopg.errors.error_from_result(result, encoding="utf-8")
    known.update(statement.name for statement in new)


def _encoded(call: Call) -> list[bytes]:
    return [value.encode() if isinstance(value, str) else value for value in call.values]


async def _exchange(pgconn: PGconn, calls: Sequence[Call], *, prepare: bool) -> list[PGresult]:
    pgconn.enter_pipeline_mode()
    for call in calls:
        values = _encoded(call)
        formats = [Format.TEXT if isinstance(value, str) else Format.BINARY for value in call.values]
        if prepare:
            pgconn.send_query_prepared(call.statement.name, values, formats)
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
