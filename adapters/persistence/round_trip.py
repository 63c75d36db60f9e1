"""A whole transaction in one round trip: every statement sent at once, the answers read together.

Statements that are sent without waiting, up to the next Sync message, are one transaction for PostgreSQL
("Pipelining" in its chapter on the protocol): they are committed together or not at all, without BEGIN.

psycopg's own pipeline waits for the socket before each statement, which costs the ingest path more than
everything else it does. Here all of it is written in one go through psycopg's libpq interface, and the
event loop is asked only once whether answers have come (docs/decisions/0005-group-commit.md).
"""

import asyncio
import struct
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_PREPARED = "_meta_inbox_prepared"
_BYTEA, _TEXT = 17, 25
_NULL = b"\xff\xff\xff\xff"


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


class Line:
    """A connection to which transactions are sent one behind the other, and answered in that order.

    The connection must be idle, and is nobody else's until ``close``. The first call of each transaction
    takes the role.
    """

    def __init__(self, connection: Connection) -> None:
        self._pgconn = connection.pgconn
        self._prepared = _prepared(connection) if connection.prepare_threshold is not None else None
        self._exchanges: deque[_Exchange] = deque()
        self._loop = asyncio.get_running_loop()
        self._socket = self._pgconn.socket
        self._writes = False
        self.is_open = True
        # A transaction pooler may give the server away once the first of two transactions has ended.
        self.goes_ahead = self._prepared is not None
        self._pgconn.enter_pipeline_mode()
        self._loop.add_reader(self._socket, self._read)

    def send(self, calls: Sequence[Call]) -> "asyncio.Future[PGresult | None]":
        """Sends the calls as one transaction; done when it is committed, psycopg's errors as ever.

        The result is that of the last call that had rows to give.
        """
        done: asyncio.Future[PGresult | None] = self._loop.create_future()
        try:
            before = self._prepare(calls)
            for call in calls:
                self._send(call)
            self._exchanges.append(_Exchange(done, before))
            self._pgconn.pipeline_sync()
            self._write()
        except psycopg.Error as error:
            self.cut(error)
            if not done.done():
                done.set_exception(error)
        return done

    def forget(self) -> None:
        """Has everything prepared anew, under names of its own."""
        if self._prepared is not None:
            self._prepared.epoch += 1
            self._prepared.names.clear()

    def close(self) -> None:
        """Gives the connection back as it was; it is closed when something is still under way."""
        if not self.is_open:
            return
        if self._exchanges:
            self.cut(psycopg.OperationalError("the line was closed"))
            return
        self._leave()
        self._pgconn.exit_pipeline_mode()

    def cut(self, error: Exception) -> None:
        """Closes the connection at once, whatever the server does, and tells everybody who waits."""
        if not self.is_open:
            return
        self._leave()
        self._pgconn.finish()
        while self._exchanges:
            self._exchanges.popleft().end(psycopg.OperationalError(str(error)))

    def _leave(self) -> None:
        self.is_open = False
        self._loop.remove_reader(self._socket)
        if self._writes:
            self._loop.remove_writer(self._socket)

    def _prepare(self, calls: Sequence[Call]) -> "_Exchange | None":
        """Prepares what is new to the connection, ahead of the calls; they fail as it fails."""
        prepared = self._prepared
        if prepared is None:
            return None
        new = {call.statement for call in calls if call.statement.name not in prepared.names}
        if not new:
            return None
        # Names are looked up when a statement is prepared, so the role must be taken before.
        self._send_as_it_is(calls[0])
        for statement in new:
            self._pgconn.send_prepare(prepared.name_of(statement), statement.sql.encode())
        prepared.names.update(statement.name for statement in new)
        exchange = _Exchange(None, None)
        self._exchanges.append(exchange)
        self._pgconn.pipeline_sync()
        return exchange

    def _send(self, call: Call) -> None:
        if self._prepared is not None:
            name = self._prepared.name_of(call.statement)
            self._pgconn.send_query_prepared(name, _encoded(call), _formats(call))
        else:
            self._send_as_it_is(call)

    def _send_as_it_is(self, call: Call) -> None:
        self._pgconn.send_query_params(call.statement.sql.encode(), _encoded(call), None, _formats(call))

    def _write(self) -> None:
        """Writes what it can; the rest follows as the server reads."""
        more = bool(self._pgconn.flush())
        if more and not self._writes:
            self._loop.add_writer(self._socket, self._write_on)
        elif self._writes and not more:
            self._loop.remove_writer(self._socket)
        self._writes = more

    def _write_on(self) -> None:
        try:
            self._write()
        except psycopg.Error as error:
            self.cut(error)

    def _read(self) -> None:
        try:
            self._pgconn.consume_input()
            if self._writes:
                self._write()
            while self._exchanges and not self._pgconn.is_busy():
                self._take(self._pgconn.get_result())
        except psycopg.Error as error:
            self.cut(error)

    def _take(self, result: PGresult | None) -> None:
        if result is None:
            return
        if result.status == ExecStatus.TUPLES_OK:
            self._exchanges[0].answer = result
        elif result.status == ExecStatus.FATAL_ERROR:
            self._exchanges[0].error = psycopg.errors.error_from_result(result, encoding="utf-8")
        elif result.status == ExecStatus.PIPELINE_SYNC:
            exchange = self._exchanges.popleft()
            if exchange.error is not None and exchange.done is None:
                self.forget()
            exchange.end(exchange.error)


@dataclass(slots=True)
class _Exchange:
    """What was sent up to one Sync; ``before`` is what it needs to have gone well."""

    done: "asyncio.Future[PGresult | None] | None"
    before: "_Exchange | None"
    error: Exception | None = None
    answer: PGresult | None = None

    def end(self, error: Exception | None) -> None:
        self.error = error
        if self.done is None or self.done.done():
            return
        if self.before is not None and self.before.error is not None:
            error = self.before.error
        if error is None:
            self.done.set_result(self.answer)
        else:
            self.done.set_exception(error)


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


def _formats(call: Call) -> list[Format]:
    return [Format.TEXT if isinstance(value, str) else Format.BINARY for value in call.values]


def _encoded(call: Call) -> list[bytes]:
    values = [value.encode() if isinstance(value, str) else value for value in call.values]
    for value, given in zip(values, call.values, strict=True):
        if isinstance(given, str) and b"\0" in value:
            raise psycopg.DataError("a text has the character U+0000")  # libpq would end it there
    return values
