"""Group commit: whatever arrives while one transaction is in flight goes into the next one.

One transaction at a time was measured to be faster than two, and than a transaction each
(docs/decisions/0005-group-commit.md).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from meta_inbox.domain.errors import StorageUnavailable

E = TypeVar("E")

_SWEEP = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much waits, how much goes together, and how long anybody waits (seconds, bytes)."""

    deadline: float = 3.0
    batch_entries: int = 1000
    batch_bytes: int = 8 * 2**20
    waiting_bytes: int = 64 * 2**20


@dataclass(slots=True)
class _Waiting(Generic[E]):
    """One caller; not frozen, as one is made for each webhook."""

    entry: E
    size: int
    arrived: float
    done: "asyncio.Future[None]"


class Committer(Generic[E]):
    """Hands batches to ``commit``, one after the other, and answers every caller in time."""

    def __init__(
        self, commit: Callable[[Sequence[E]], Awaitable[None]], limits: Limits | None = None
    ) -> None:
        self._commit = commit
        self._limits = limits or Limits()
        self._waiting: deque[_Waiting[E]] = deque()
        self._in_flight: list[_Waiting[E]] = []
        self._bytes = 0
        self._runner: asyncio.Task[None] | None = None
        self._sweeper: asyncio.TimerHandle | None = None

    async def put(self, entry: E, size: int) -> None:
        """Returns once the entry is committed. StorageUnavailable when that did not happen in time."""
        if self._bytes + size > self._limits.waiting_bytes:
            raise StorageUnavailable("too much is waiting to be stored")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(entry, size, loop.time(), loop.create_future())
        self._waiting.append(waiting)
        self._bytes += size
        if self._runner is None or self._runner.done():
            self._runner = loop.create_task(self._run())
        if self._sweeper is None:
            self._sweeper = loop.call_later(_SWEEP, self._sweep)
        await waiting.done

    async def close(self, seconds: float) -> None:
        """Lets what waits be committed, for at most so long."""
        if self._runner is not None and not self._runner.done():
            await asyncio.wait({self._runner}, timeout=seconds)

    async def _run(self) -> None:
        while self._waiting:
            self._in_flight = self._next_batch()
            try:
                await self._commit([waiting.entry for waiting in self._in_flight])
            except Exception as error:  # noqa: BLE001 - whatever it was, the callers must hear of it
                _answer(self._in_flight, error)
            else:
                _answer(self._in_flight, None)
            finally:
                self._in_flight = []

    def _next_batch(self) -> list[_Waiting[E]]:
        batch: list[_Waiting[E]] = []
        size = 0
        while self._waiting and len(batch) < self._limits.batch_entries and size < self._limits.batch_bytes:
            waiting = self._waiting.popleft()
            self._bytes -= waiting.size
            if not waiting.done.done():
                batch.append(waiting)
                size += waiting.size
        return batch

    def _sweep(self) -> None:
        """Tells those who waited too long, whether or not their batch ever ends."""
        loop = asyncio.get_running_loop()
        late = loop.time() - self._limits.deadline
        for waiting in (*self._in_flight, *self._waiting):
            if waiting.arrived > late:
                break
            _answer([waiting], StorageUnavailable("the database did not answer in time"))
        busy = self._in_flight or self._waiting
        self._sweeper = loop.call_later(_SWEEP, self._sweep) if busy else None


def _answer(batch: Sequence[_Waiting[E]], error: Exception | None) -> None:
    for waiting in batch:
        if waiting.done.done():
            continue
        if error is None:
            waiting.done.set_result(None)
        else:
            waiting.done.set_exception(_said(error))


def _said(error: Exception) -> Exception:
    """An own exception for each caller, since a traceback grows wherever one is raised."""
    if isinstance(error, StorageUnavailable):
        return StorageUnavailable(*error.args)
    failed = StorageUnavailable("the webhook could not be stored")
    failed.__cause__ = error
    return failed
