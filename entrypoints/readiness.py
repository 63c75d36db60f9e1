"""Whether requests should come to this process: its database, its schema, its event loop, its jobs."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from meta_inbox.adapters.persistence.postgres_inspection import StorageState
from meta_inbox.domain.model.health import Condition

STUCK = 5.0
JOBS_LATE = 60.0
WEBHOOKS_LATE = 60.0
_TICK = 0.5
_REMEMBERED = 20


class LoopLag:
    """How late the event loop ran its timers in the last ten seconds."""

    def __init__(self) -> None:
        self._lags: list[float] = []
        self._last = time.monotonic()

    async def run(self) -> None:
        """Measures until cancelled."""
        while True:
            self._last = time.monotonic()
            await asyncio.sleep(_TICK)
            self._lags = [*self._lags[1 - _REMEMBERED :], time.monotonic() - self._last - _TICK]

    @property
    def worst(self) -> float:
        """In seconds; a tick that is overdue counts already."""
        return max([*self._lags, time.monotonic() - self._last - _TICK, 0.0])


@dataclass(slots=True, kw_only=True)
class ServiceReadiness:
    """``storage`` asks the database; ``beats`` are the worker's: when each job is due again."""

    storage: Callable[[], Awaitable[StorageState]]
    expected: frozenset[str]
    beats: Mapping[str, float] = field(default_factory=dict[str, float])
    lag: LoopLag = field(default_factory=LoopLag)

    async def conditions(self) -> Sequence[Condition]:
        """One each for database, schema, event loop, jobs and the oldest waiting webhook; never raises."""
        try:
            state = await self.storage()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the answer
            cause = f"the database cannot be asked ({type(error).__name__})"
            return [_told("database", cause, ok=False, fatal=True), self._loop(), self._jobs()]
        return [
            _told("database", "the database answers", ok=True, fatal=True),
            self._schema(state),
            self._loop(),
            self._jobs(),
            _webhooks(state),
        ]

    def _schema(self, state: StorageState) -> Condition:
        missing = sorted(self.expected - state.applied)
        detail = "not applied: " + ", ".join(missing) if missing else "every migration is applied"
        return _told("schema", detail, ok=not missing, fatal=True)

    def _loop(self) -> Condition:
        worst = self.lag.worst
        return _told("event_loop", f"at most {worst:.1f} s late of late", ok=worst < STUCK, fatal=True)

    def _jobs(self) -> Condition:
        if not self.beats:
            return _told("jobs", "the background jobs run elsewhere", ok=True)
        now = time.monotonic()
        late = sorted(name for name, beat in self.beats.items() if now - beat > JOBS_LATE)
        return _told("jobs", "late: " + ", ".join(late) if late else "the background jobs run", ok=not late)


def _webhooks(state: StorageState) -> Condition:
    waiting = state.oldest_waiting
    if waiting is None:
        return _told("webhooks", "no webhook waits", ok=True)
    seconds = waiting.total_seconds()
    return _told("webhooks", f"the oldest waits for {seconds:.0f} s", ok=seconds < WEBHOOKS_LATE)


def _told(name: str, detail: str, *, ok: bool, fatal: bool = False) -> Condition:
    return Condition(name=name, ok=ok, fatal=fatal, detail=detail)
