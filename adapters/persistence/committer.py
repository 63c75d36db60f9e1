"""Group commit: whatever arrives while transactions are in flight goes into the next one.

One transaction runs at a time, which was measured to be faster than two, and than a transaction each; the
next is sent behind it once half of all who wait are in it, so that the database finds it when it is done
(docs/decisions/0005-group-commit.md).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from meta_inbox.domain.errors import StorageUnavailable

E = TypeVar("E")

_SWEEP = 0.1
_IN_FLIGHT = 2
_FADES = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much waits, how much goes together, and how long anybody waits (seconds, bytes).

    What goes together is bounded by what a projection compares with itself, and by the time that others
    may wait for its conversations.
    """

    deadline: float = 3.0
    batch_entries: int = 1000
    batch_bytes: int = 2**19
    waiting_bytes: int = 64 * 2**20


@dataclass(slots=True)
class _Waiting(Generic[E]):
    """One caller; not frozen, as one is made for each webhook."""

    entry: E
    size: int
    arrived: float
    done: "asyncio.Future[None]"


class Committer(Generic[E]):
    """Hands batches to ``commit``, two at a time at most, and answers every caller in time."""

    def __init__(
        self, commit: Callable[[Sequence[E]], Awaitable[None]], limits: Limits | None = None
    ) -> None:
        self._commit = commit
        self._limits = limits or Limits()
        self._waiting: deque[_Waiting[E]] = deque()
        self._in_flight: dict[asyncio.Task[None], list[_Waiting[E]]] = {}
        self._bytes = 0
        self._crowd = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sweeper: asyncio.TimerHandle | None = None

    def put(self, entry: E, size: int) -> "asyncio.Future[None]":
        """Done once the entry is committed. StorageUnavailable when that did not happen in time."""
        if self._bytes + size > self._limits.waiting_bytes:
            raise StorageUnavailable("too much is waiting to be stored")
        loop = self._loop
        if loop is None:  # asked for once: it costs a system call
            loop = self._loop = asyncio.get_running_loop()
        waiting = _Waiting(entry, size, loop.time(), loop.create_future())
        self._waiting.append(waiting)
        self._bytes += size
        if self._is_time():
            self._start(loop)
        if self._sweeper is None:
            self._sweeper = loop.call_later(_SWEEP, self._sweep)
        return waiting.done

    async def close(self, seconds: float) -> None:
        """Lets what waits be committed, for at most so long."""
        if self._in_flight:
            await asyncio.wait(set(self._in_flight), timeout=seconds)

    def _is_time(self) -> bool:
        """Whether to send what waits: nothing is under way, or only what is no larger."""
        if not self._in_flight:
            return True
        if len(self._in_flight) == _IN_FLIGHT or not all(self._in_flight.values()):
            return False
        return 2 * len(self._waiting) >= self._all_who_wait()

    def _all_who_wait(self) -> float:
        """How many callers there are of late, behind the batches in flight and in them."""
        here = len(self._waiting) + sum(map(len, self._in_flight.values()))
        self._crowd = max(self._crowd, float(here))
        return self._crowd

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        batch: list[_Waiting[E]] = []
        task = loop.create_task(self._run(batch))
        self._in_flight[task] = batch

    async def _run(self, batch: list[_Waiting[E]]) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        try:
            while self._waiting:
                self._fill(batch)
                try:
                    await self._commit([waiting.entry for waiting in batch])
                except Exception as error:  # noqa: BLE001 - whatever it was, the callers must hear of it
                    _answer(batch, error)
                else:
                    _answer(batch, None)
                batch.clear()
                if len(self._in_flight) > 1:
                    return  # the other one goes on
        finally:
            del self._in_flight[task]

    def _fill(self, batch: list[_Waiting[E]]) -> None:
        self._crowd *= _FADES
        size = 0
        while self._waiting and len(batch) < self._limits.batch_entries and size < self._limits.batch_bytes:
            waiting = self._waiting.popleft()
            self._bytes -= waiting.size
            if not waiting.done.done():
                batch.append(waiting)
                size += waiting.size

    def _sweep(self) -> None:
        """Tells those who waited too long, whether or not their batch ever ends."""
        loop = asyncio.get_running_loop()
        late = loop.time() - self._limits.deadline
        for queue in (*self._in_flight.values(), self._waiting):
            for waiting in queue:
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
