"""One tenant's latest events in this process: read and encoded once, for however many connections."""

import asyncio
from collections import deque
from collections.abc import Sequence

KEPT = 1000
KEPT_BYTES = 8 * 2**20

Frame = tuple[int, bytes]
"""An event's place in the log, and what a connection sends of it."""


class Feed:
    """Events behind ``begin`` up to ``end``, without a gap; the oldest go when there are too many."""

    def __init__(self, begin: int) -> None:
        self.begin = begin
        self.end = begin
        self.followers = 0
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._grown = asyncio.Event()

    def add(self, frames: Sequence[Frame], up_to: int) -> None:
        """What follows ``end``, up to there."""
        for frame in frames:
            self._frames.append(frame)
            self._bytes += len(frame[1])
        self.end = up_to
        while len(self._frames) > KEPT or self._bytes > KEPT_BYTES:
            place, gone = self._frames.popleft()
            self._bytes -= len(gone)
            self.begin = place
        self._tell()

    def restart(self, begin: int) -> None:
        """Forgets all: the log has lost what was to follow, and goes on from there."""
        self._frames.clear()
        self._bytes = 0
        self.begin = self.end = begin
        self._tell()

    def behind(self, place: int) -> Sequence[Frame] | None:
        """What follows the place; None when it is not known here."""
        if not self.begin <= place <= self.end:
            return None
        found: list[Frame] = []
        for frame in reversed(self._frames):
            if frame[0] <= place:
                break
            found.append(frame)
        found.reverse()
        return found

    async def grown(self, place: int) -> None:
        """Returns once the place is not the end any more."""
        while place == self.end:
            await self._grown.wait()

    def _tell(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()
