"""Transactions on Postgres: each takes its role and tenant on first, and none outlasts its deadline."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, ClassVar, LiteralString, TypeVar

import psycopg
from psycopg.pq.abc import PGresult
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from meta_inbox.adapters.persistence.reading import Question, Rows, answered
from meta_inbox.adapters.persistence.round_trip import Call, Connection, Statement
from meta_inbox.adapters.persistence.shared_line import SharedLine
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.ids import TenantId

__all__ = ["Connection", "Contention", "Database", "Pool", "open_pool", "will_tell"]

T = TypeVar("T")
Work = Callable[[Connection], Awaitable[T]]
Pool = AsyncConnectionPool[Connection]

DEADLINE = timedelta(seconds=3)
TENANT = "meta_inbox_tenant"
SYSTEM = "meta_inbox_system"

# Local to the transaction, because pooled connections, and a pooler's, carry anything else to the next user.
_BOUNDS: LiteralString = """
    set_config('synchronous_commit', 'on', true), set_config('lock_timeout', '1s', true),
    set_config('idle_in_transaction_session_timeout', '2s', true), set_config('statement_timeout', '3s', true)
"""
_TAKE_ROLE: LiteralString = (
    "select set_config('role', %s, true), set_config('meta_inbox.tenant', %s, true), " + _BOUNDS
)
# Sent together with all that follows: the server never waits for us, and the caller's deadline hangs up.
_SYSTEM_ROLE = Statement(
    b"meta_inbox_system_role",
    "select set_config('role', 'meta_inbox_system', true), set_config('synchronous_commit', 'on', true), "
    "set_config('lock_timeout', '1s', true), set_config('statement_timeout', '3s', true), "
    "set_config('client_encoding', 'UTF8', true)",
)
# The tenant comes as bytes: until the encoding is set, a host's connection may take texts for another.
# Statements of lists are written so that one plan is good for any values. Left to itself, Postgres makes
# one for each page, which takes longer than the page (measured: 0.9 ms instead of 0.4).
_READER_ROLE = Statement(
    b"meta_inbox_reader_role",
    "select set_config('role', 'meta_inbox_tenant', true), "
    "set_config('meta_inbox.tenant', convert_from($1, 'UTF8'), true), "
    "set_config('transaction_read_only', 'on', true), set_config('lock_timeout', '1s', true), "
    "set_config('statement_timeout', '3s', true), set_config('client_encoding', 'UTF8', true), "
    "set_config('plan_cache_mode', 'force_generic_plan', true)",
)
_STILL_THERE = Statement(b"meta_inbox_still_there", "select 1").with_values()
_TRY_AGAIN = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
_CONTENDED = (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled)
_TOO_MUCH = (psycopg.errors.ProgramLimitExceeded, psycopg.errors.StatementTooComplex)
_IDLE_BEFORE_CHECK = 0.5
# Seconds. The pool would wait ever longer between its own tries, beyond the 2 s in which we are to recover.
_ASK_AGAIN = 0.3
_TRIES = 3
_TELLS = "_meta_inbox_tells"


class Contention(StorageUnavailable):
    """The database answers, but others hold what this work needs."""


def will_tell(connection: Connection) -> None:
    """Has ``told`` be called once what this transaction logged is committed."""
    connection.__dict__[_TELLS] = True


class Database:
    """Runs units of work, each in one transaction, as a tenant or as the system.

    ``told`` is called after each commit of a transaction that logged events; it must not raise.
    """

    system_role: ClassVar[Statement] = _SYSTEM_ROLE
    reader_role: ClassVar[Statement] = _READER_ROLE

    def __init__(
        self, pool: Pool, *, deadline: timedelta = DEADLINE, told: Callable[[], None] = lambda: None
    ) -> None:
        self._pool = pool
        self._told = told
        self._line = SharedLine(pool)
        self._rows = Rows()
        self._deadline = deadline.total_seconds()
        self._abandoned: set[asyncio.Task[Any]] = set()

    async def as_tenant(self, tenant: TenantId, work: Work[T]) -> T:
        """The work's result, committed; it sees and changes this tenant's rows alone.

        StorageUnavailable when Postgres does not answer in time, whatever state it is in.
        """
        return await self._in_time(
            lambda: self._retried(lambda: self._transact(TENANT, tenant, work)), self._deadline
        )

    async def as_system(self, work: Work[T], *, deadline: timedelta | None = None) -> T:
        """The same for what serves many tenants: ingest, the outbox, jobs and the OAuth callback."""
        seconds = self._deadline if deadline is None else deadline.total_seconds()
        return await self._in_time(lambda: self._retried(lambda: self._transact(SYSTEM, "", work)), seconds)

    async def read(
        self, tenant: TenantId, question: Question, values: Mapping[str, str]
    ) -> Sequence[tuple[Any, ...]]:
        """The rows of this tenant that the question is about, in one round trip; times are in UTC.

        StorageUnavailable as for ``as_tenant``.
        """
        calls = [self.reader_role.with_values(tenant.encode()), question.asked(values)]

        async def run() -> PGresult:
            async with self._pool.connection() as connection:
                return await answered(connection, calls)

        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._retried(run)
        except TimeoutError as error:
            raise StorageUnavailable("the database did not answer in time") from error
        return self._rows.of(answer)

    async def at_once(self, calls: Sequence[Call], *, tells: bool = False) -> None:
        """Runs the calls as the system, in one transaction and one round trip, committed.

        ``tells``: they log events.

        Several go one behind the other over one connection. They are on their way before anything else
        runs, and cancelling closes that connection at once: no task of its own is needed, nor any waiting
        for the server.
        """

        async def run() -> None:
            await self._line.transact([self.system_role.with_values(), *calls])

        try:
            async with asyncio.timeout(self._deadline):
                await self._retried(run)
        except TimeoutError as error:
            raise StorageUnavailable("the database did not answer in time") from error
        if tells:
            self._told()

    async def _in_time(self, start: Callable[[], Awaitable[T]], seconds: float) -> T:
        # Cancelling a psycopg call waits for the server to confirm, for many seconds when it is frozen.
        # So nobody waits for the task: it is left to end, and to discard its connection, on its own.
        task = asyncio.ensure_future(start())
        try:
            done, _ = await asyncio.wait({task}, timeout=seconds)
        except asyncio.CancelledError:
            self._abandon(task)
            raise
        if not done:
            self._abandon(task)
            raise StorageUnavailable("the database did not answer in time")
        return task.result()

    def _abandon(self, task: "asyncio.Future[Any]") -> None:
        task.cancel()
        if isinstance(task, asyncio.Task):
            self._abandoned.add(task)
            task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[Any]") -> None:
        self._abandoned.discard(task)
        if not task.cancelled():
            task.exception()

    async def _retried(self, run: Callable[[], Awaitable[T]]) -> T:
        tries = 0
        while True:
            try:
                return await run()
            except PoolTimeout:
                continue  # asking again has the pool try to connect again; the caller's deadline ends this
            except _TRY_AGAIN as error:
                tries += 1
                if tries == _TRIES:
                    raise Contention("the database could not settle a conflict") from error
            except _CONTENDED as error:
                raise Contention("the database is held up by other work") from error
            except _TOO_MUCH:
                raise  # operational by psycopg's classes, but it is the data that is at fault
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                raise StorageUnavailable("the database cannot be reached") from error

    async def _transact(self, role: LiteralString, tenant: str, work: Work[T]) -> T:
        async with self._pool.connection() as connection:
            connection.__dict__.pop(_TELLS, None)
            async with connection.pipeline():
                try:
                    # Sent in one packet with BEGIN and the work's first statement.
                    await connection.execute(_TAKE_ROLE, (role, tenant), prepare=True)
                    result = await work(connection)
                    await connection.commit()
                except asyncio.CancelledError:
                    await connection.close()  # what is still to come would be taken for the next one's answer
                    raise
            if connection.__dict__.pop(_TELLS, False):
                self._told()
            return result


@asynccontextmanager
async def open_pool(
    dsn: str, *, min_size: int = 2, max_size: int = 10, prepare: bool = True
) -> AsyncGenerator[Pool]:
    """A pool that notices dead connections, whether or not the database is there yet.

    ``prepare=False`` for a transaction pooler that cannot keep prepared statements apart.
    """

    async def configure(connection: Connection) -> None:
        connection.prepare_threshold = 2 if prepare else None

    pool: Pool = AsyncConnectionPool(
        dsn,
        min_size=min_size,
        max_size=max_size,
        open=False,
        timeout=_ASK_AGAIN,
        reconnect_timeout=_ASK_AGAIN,
        check=_check_when_idle,
        configure=configure,
        kwargs={"client_encoding": "utf8", "connect_timeout": 3, "application_name": "meta-inbox"},
        name="meta-inbox",
    )
    await pool.open(wait=False)
    try:
        yield pool
    finally:
        await asyncio.wait({asyncio.ensure_future(pool.close(timeout=3))}, timeout=5)


async def _check_when_idle(connection: Connection) -> None:
    """Asks the server whether it is still there, unless it was a moment ago."""
    now = time.monotonic()
    if now - getattr(connection, "_meta_inbox_used_at", 0.0) > _IDLE_BEFORE_CHECK:
        # Not the pool's own check: whoever gives that up is held for ten seconds when the server is frozen.
        await answered(connection, [_STILL_THERE])
    connection._meta_inbox_used_at = now  # type: ignore[attr-defined]  # psycopg keeps no such time
