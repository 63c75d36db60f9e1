"""A connection of its own that hears what other processes notify. Only a hint: every loop polls as well."""

import asyncio
from collections.abc import Awaitable
from contextlib import aclosing
from typing import Any, TypeVar

from psycopg import AsyncConnection

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.wakeups import ProcessEventHints, ProcessWakeups

HEARTBEAT = 5.0
_BACKOFF = (0.2, 1.0, 5.0)

_T = TypeVar("_T")
_log = log_named("meta_inbox.listener")


class _Silent(Exception):
    """The server did not answer in time."""


class Listener:
    """Listens until cancelled; a dead or silent connection is replaced, and then everybody is woken."""

    def __init__(
        self,
        dsn: Secret,
        wakeups: ProcessWakeups,
        hints: ProcessEventHints | None = None,
        *,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        self._dsn = dsn
        self._wakeups = wakeups
        self._hints = hints or ProcessEventHints()
        self._heartbeat = heartbeat
        self._failures = 0
        self._abandoned: set[asyncio.Future[Any]] = set()

    async def run(self) -> None:
        """Never returns, and never raises for what the database does."""
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - a listener that ended would not be missed for long
                self._failures += 1
                _log.info("listener_lost", cause=type(error).__name__, failures=self._failures)
            await asyncio.sleep(_BACKOFF[min(self._failures, len(_BACKOFF)) - 1])

    async def _listen(self) -> None:
        connection = await self._in_time(
            AsyncConnection.connect(
                self._dsn.reveal(), autocommit=True, connect_timeout=3, application_name="meta-inbox listener"
            )
        )
        try:
            await self._in_time(connection.execute("LISTEN meta_inbox"))
            self._failures = 0
            self._wakeups.wake_all()
            self._hints.tell()
            while True:
                async with aclosing(connection.notifies(timeout=self._heartbeat)) as notes:
                    async for note in notes:
                        self._hear(note.payload)
                await self._in_time(connection.execute("select 1"))
        finally:
            # At once: close() would wait for a server that may be frozen.
            connection.pgconn.finish()

    def _hear(self, what: str) -> None:
        if what == "events":
            self._hints.tell()
        else:
            self._wakeups.wake(what)

    async def _in_time(self, call: Awaitable[_T]) -> _T:
        # Cancelling a psycopg call waits for the server as well, so nobody waits for the task.
        task = asyncio.ensure_future(call)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._heartbeat)
        except asyncio.CancelledError:
            self._abandon(task)
            raise
        if not done:
            self._abandon(task)
            raise _Silent
        return task.result()

    def _abandon(self, task: "asyncio.Future[Any]") -> None:
        task.cancel()
        self._abandoned.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Future[Any]") -> None:
        self._abandoned.discard(task)
        if task.cancelled() or task.exception() is not None:
            return
        if isinstance(found := task.result(), AsyncConnection):
            found.pgconn.finish()
