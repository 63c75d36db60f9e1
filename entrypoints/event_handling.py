"""One handler at work: in its turn at each tenant's log, with a pause after a failure, and then without."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.domain.errors import Unavailable
from meta_inbox.domain.model.consuming import DIED, ConsumerClaim, is_given_up, retried_after
from meta_inbox.domain.model.event import Event
from meta_inbox.domain.model.told import Told, told
from meta_inbox.domain.ports import DeadLetters
from meta_inbox.entrypoints.event_attempts import Attempts
from meta_inbox.entrypoints.event_turn import Turn
from meta_inbox.entrypoints.event_turns import POLL, EventTurns

ENDS_WITHIN = 2.5
_AGAIN = 1.0
_LONGEST_PAUSE = 30.0

_log = log_named("meta_inbox.events")


@dataclass(slots=True, kw_only=True, eq=False)
class EventHandling:
    """What ``inbox.on`` returns."""

    consumer: str
    turns: EventTurns = field(repr=False)
    letters: DeadLetters = field(repr=False)
    attempts: Attempts = field(repr=False)
    _task: "asyncio.Task[None] | None" = field(default=None, repr=False)
    _cancelled: bool = field(default=False, repr=False)
    _due: float = field(default=0.0, repr=False)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._task is not None and self._task.done()

    def begin(self) -> None:
        """Begins."""
        self._task = asyncio.create_task(self._run(), name=f"meta-inbox events {self.consumer}")

    def cancel(self) -> None:
        """Begins with no further event; what the handler is doing it may finish."""
        self._cancelled = True
        self.turns.wake()

    async def end(self) -> None:
        """The same, and waits for a moment until it has finished; then it is ended as it is."""
        self.cancel()
        if self._task is None:
            return
        done, _ = await asyncio.wait({self._task}, timeout=ENDS_WITHIN)
        if not done:
            self.attempts.stop()
            await asyncio.wait({self._task}, timeout=1)
            self._task.cancel()

    async def _run(self) -> None:
        seen = failures = 0
        while not self._cancelled and not self.turns.ended:
            try:
                worked = await self._once_more() or await self._go_on()
                if not worked and not self._cancelled:
                    seen = await self.turns.rest(seen, self._until_due())
                failures = 0
            except Exception as error:  # noqa: BLE001  # whatever one round met, the next may not
                failures += 1
                await asyncio.sleep(_pause_after(self.consumer, error, failures))

    def _until_due(self) -> timedelta:
        """How long until what failed here is to be tried again, if that is soon."""
        left = self._due - asyncio.get_running_loop().time()
        return timedelta(seconds=left) if left > 0 else POLL

    async def _once_more(self) -> bool:
        """Handles an event that was set aside, if that was asked for; False = it was not."""
        found = await self.letters.claim(self.consumer)
        if found is None:
            return False
        claim, letter = found
        async with self.turns.turn(claim) as turn:
            events = await turn.log.tell(claim.tenant_id, [letter.event])
            as_told = told(events[0]) if events else None
            error = None if as_told is None else await self._replayed(turn, as_told)
            if error is not None:
                _log.warning("event_failed", consumer=self.consumer, event_id=letter.id, error=error)
            if not self.attempts.stopped:
                await self.letters.settle(claim, letter, error)
        return True

    async def _replayed(self, turn: Turn, as_told: Told) -> str | None:
        if not isinstance(as_told, self.attempts.kind):
            return f"the handler takes no {type(as_told).__name__}"
        if turn.claim.attempt:
            return DIED
        return await self._attempt(turn, as_told)

    async def _go_on(self) -> bool:
        """Handles what follows in one tenant's log; False = nothing does."""
        claim = await self.turns.claim(self.consumer, handles=True)
        if claim is None:
            return False
        async with self.turns.turn(claim) as turn:
            await self._handle(turn)
        return True

    async def _handle(self, turn: Turn) -> None:
        page = await turn.page()
        if page is None:
            return
        missed, place = turn.claim.missed or page.lost, turn.claim.seq
        for event in page.events:
            if self._cancelled or turn.is_stale:
                return
            as_told = self._wanted(event, missed=missed)
            if as_told is None:
                continue
            before = turn.claim.attempt if place == turn.claim.seq else 0
            if not await self._try(turn, event, as_told, before):
                return
            missed, place = False, event.seq
        if page.up_to != place:
            await turn.advance(page.up_to, missed=missed)

    def _wanted(self, event: Event, *, missed: bool) -> Told | None:
        as_told = told(event, missed_before=missed)
        return as_told if isinstance(as_told, self.attempts.kind) else None

    async def _try(self, turn: Turn, event: Event, as_told: Told, before: int) -> bool:
        """After so many failures; False = no more here and now."""
        if is_given_up(before):
            return await self._set_aside(turn, event, before, DIED)
        error = await self._attempt(turn, as_told)
        if self.attempts.stopped:
            return False
        if error is None:
            return await turn.advance(event.seq)
        return await self._failed(turn, event, before + 1, error, missed=as_told.missed_before)

    async def _attempt(self, turn: Turn, as_told: Told) -> str | None:
        error = await self.attempts(as_told)
        if self.attempts.stopped and not self.attempts.in_loop:
            await turn.end(release=False)  # its thread goes on, so nobody else is to begin as yet
        return error

    async def _failed(self, turn: Turn, event: Event, attempt: int, error: str, *, missed: bool) -> bool:
        """Puts the event off or sets it aside; False = no more here and now."""
        after = retried_after(attempt)
        if after is None:
            return await self._set_aside(turn, event, attempt, error)
        self._tell_of(event, attempt, error)
        failed = replace(turn.claim, seq=event.seq - 1, attempt=attempt, missed=missed)
        await self._put_off(turn, failed, after)
        return False

    async def _set_aside(self, turn: Turn, event: Event, attempt: int, error: str) -> bool:
        self._tell_of(event, attempt, error)
        return await self.letters.add(turn.claim, event.logged, attempt, error)

    def _tell_of(self, event: Event, attempt: int, error: str) -> None:
        _log.warning("event_failed", consumer=self.consumer, event_id=event.id, attempt=attempt, error=error)

    async def _put_off(self, turn: Turn, failed: ConsumerClaim, after: timedelta) -> None:
        await turn.consumers.put_off(failed, after)
        self._due = asyncio.get_running_loop().time() + after.total_seconds()


def _pause_after(consumer: str, error: Exception, failures: int) -> float:
    """Tells of it; how many seconds to wait: a database that was away is looked for without delay."""
    if isinstance(error, Unavailable):
        _log.warning("events_wait", consumer=consumer, cause=str(error))
        return _AGAIN
    _log.error("event_handling_failed", consumer=consumer, failures=failures, exc_info=error)
    return min(0.5 * 2.0 ** min(failures, 6), _LONGEST_PAUSE)
