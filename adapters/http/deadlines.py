"""Answers in time for work that takes too long, whether or not that work can be stopped."""

import asyncio
from collections.abc import Awaitable, Callable

Late = Callable[[], Awaitable[None]]


class Deadlines:
    """Whoever takes an entry out first answers: the work that ended, or the deadline.

    All entries have the same time, so they fall due in the order they came, and one timer for the
    oldest is enough: an entry that ends in time costs a dictionary's insert and removal, where a task
    and a timer of its own would cost more than everything else on the webhook's path.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: dict[object, tuple[float, Late]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._answering: set[asyncio.Future[None]] = set()

    def begin(self, late: Late) -> object:
        """Starts the time of one piece of work; ``late`` answers for it when it has not ended by then."""
        loop = asyncio.get_running_loop()
        entry, due = object(), loop.time() + self._seconds
        self._waiting[entry] = (due, late)
        if self._timer is None:
            self._timer = loop.call_at(due, self._fire)
        return entry

    def end(self, entry: object) -> bool:
        """Whether the work may still answer."""
        return self._waiting.pop(entry, None) is not None

    def _fire(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer = None
        while self._waiting:
            entry, (due, late) = next(iter(self._waiting.items()))
            if due > now:
                self._timer = loop.call_at(due, self._fire)
                return
            del self._waiting[entry]
            answering = asyncio.ensure_future(late())
            self._answering.add(answering)
            answering.add_done_callback(self._answered)

    def _answered(self, answering: asyncio.Future[None]) -> None:
        self._answering.discard(answering)
        if not answering.cancelled():
            answering.exception()  # a client that has left is nobody's fault
