"""Turns at the tenants' logs: what a host's loops and handlers share of them, and give back at the end."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from meta_inbox.domain.errors import Unavailable
from meta_inbox.domain.model.consuming import ConsumerClaim
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.ports import Consumers, EventHints, EventLog
from meta_inbox.entrypoints.event_turn import Turn, wait_for_storage

POLL = timedelta(seconds=2)


@dataclass(slots=True, kw_only=True)
class EventTurns:
    """Claims logs for the consumers of this process."""

    consumers: Consumers
    log: EventLog
    hints: EventHints
    ended: bool = False
    _left: int = 0
    _open: set[Turn] = field(default_factory=set[Turn])
    _resting: set["asyncio.Task[int]"] = field(default_factory=set["asyncio.Task[int]"])

    async def claim(
        self, consumer: str, tenant: TenantId | None = None, *, handles: bool = False
    ) -> ConsumerClaim | None:
        """A log that has more; None = no more for now, or the database is away."""
        try:
            return await self.consumers.claim(consumer, tenant, handles=handles)
        except Unavailable as error:
            await wait_for_storage(error)
            return None

    @asynccontextmanager
    async def turn(self, claim: ConsumerClaim) -> AsyncGenerator[Turn]:
        """The claimed log, given back at the end of the block."""
        turn = Turn(claim=claim, consumers=self.consumers, log=self.log, closed=self.ended)
        turn.begin()
        self._open.add(turn)
        try:
            yield turn
        except BaseException:  # its loop was left, and another here may be waiting
            await self._end(turn)
            self._left += 1
            self.wake()
            raise
        await self._end(turn)

    async def _end(self, turn: Turn) -> None:
        self._open.discard(turn)
        await turn.end()

    async def rest(self, seen: int, longest: timedelta = POLL) -> int:
        """Waits for more to be logged, or given back unfinished, than was ``seen``; how much was."""
        if self.ended:
            return seen
        waiting = asyncio.ensure_future(self.hints.wait(seen - self._left, min(longest, POLL)))
        self._resting.add(waiting)
        try:
            await asyncio.wait({waiting})
        finally:
            waiting.cancel()
            self._resting.discard(waiting)
        return seen if waiting.cancelled() else waiting.result() + self._left

    def wake(self) -> None:
        """Whoever rests looks again now."""
        for waiting in self._resting:
            waiting.cancel()

    async def end(self) -> None:
        """Gives everything back; loops end with their next turn."""
        self.ended = True
        self.wake()
        await asyncio.gather(*(turn.end() for turn in self._open))
        for turn in self._open:
            turn.closed = True
