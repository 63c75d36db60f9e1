"""One tenant's latest events in this process: read and encoded once, for however many connections."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from meta_inbox.domain.model.ids import TenantId

KEPT = 1000
KEPT_BYTES = 8 * 2**20
FRESH = 5.0
"""Seconds: what was read longer ago is read again, since messages change and are taken back."""
PAGES_AT_ONCE = 2

Frame = tuple[int, bytes]
"""An event's place in the log, and what a connection sends of it."""


class Feed:
    """Events behind ``begin`` up to ``end``, without a gap; the oldest go when there are too many."""

    def __init__(self, tenant: TenantId, begin: int, now: Callable[[], float]) -> None:
        self.tenant = tenant
        self.begin = begin
        self.end = begin
        self.followers = 0
        self.turns = asyncio.Semaphore(PAGES_AT_ONCE)
        self._now = now
        self._frames: deque[tuple[Frame, float]] = deque()
        self._bytes = 0
        self._grown = asyncio.Event()

    def add(self, frames: Sequence[Frame], up_to: int) -> None:
        """What follows ``end``, up to there."""
        now = self._now()
        for frame in frames:
            self._frames.append((frame, now))
            self._bytes += len(frame[1])
        self.end = up_to
        self._forget(now - FRESH)
        self._tell()

    def restart(self, begin: int) -> None:
        """Forgets all: the log has lost what was to follow, and goes on from there."""
        self._frames.clear()
        self._bytes = 0
        self.begin = self.end = begin
        self._tell()

    def behind(self, place: int) -> Sequence[Frame] | None:
        """What follows the place; None when it is not known here, or was read too long ago."""
        self._forget(self._now() - FRESH)
        if not self.begin <= place <= self.end:
            return None
        found: list[Frame] = []
        for frame, _ in reversed(self._frames):
            if frame[0] <= place:
                break
            found.append(frame)
        found.reverse()
        return found

    async def passes(self, place: int, within: float | None = None) -> None:
        """Returns once it ends behind the place; also when something else was told, or after a while."""
        while self.end <= place:
            grown, told = self._grown, self.end
            try:
                async with asyncio.timeout(within):
                    await grown.wait()
            except TimeoutError:
                return
            if self.end < told:
                return  # the log was put back

    def _forget(self, since: float) -> None:
        while self._frames and (
            len(self._frames) > KEPT or self._bytes > KEPT_BYTES or self._frames[0][1] < since
        ):
            (place, gone), _ = self._frames.popleft()
            self._bytes -= len(gone)
            self.begin = place

    def _tell(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()
