"""Hints that work waits, or that something was logged: from this process at once, from others by the
database's notifications."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

KINDS = ("journal", "outbox", "accounts", "media", "webhooks", "deletions")


class ProcessWakeups:
    """One flag for each kind of work; a hint given while nobody waits is kept for the next who does."""

    def __init__(self) -> None:
        self._flags = {what: asyncio.Event() for what in KINDS}

    def wake(self, what: str) -> None:
        """Tells whoever waits for this kind of work, now or next; an unknown kind concerns nobody."""
        if what in self._flags:
            self._flags[what].set()

    def wake_all(self) -> None:
        """The same for every kind: after hints may have been lost."""
        for flag in self._flags.values():
            flag.set()

    async def wait(self, what: str, timeout: timedelta) -> None:
        """Returns when there is a hint, at the latest after ``timeout``."""
        flag = self._flags[what]
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                await flag.wait()
        except TimeoutError:
            return
        finally:
            flag.clear()


class ProcessEventHints:
    """How often something was logged, as far as this process heard; any number may wait for more."""

    def __init__(self, wake: Callable[[str], None] = lambda _what: None) -> None:
        self._wake = wake
        self._count = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self) -> None:
        """Something was logged."""
        self._count += 1
        self._wake("webhooks")
        waiting, self._waiting = self._waiting, set()
        for one in waiting:
            if not one.done():
                one.set_result(None)

    async def wait(self, seen: int, timeout: timedelta) -> int:
        """Returns once there were more hints than ``seen``, at the latest after ``timeout``: how many."""
        if self._count == seen:
            told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(told)
            try:
                await asyncio.wait({told}, timeout=timeout.total_seconds())
            finally:
                self._waiting.discard(told)
        return self._count
