"""How many requests a principal and a tenant may make a minute."""

import math
import time
from collections.abc import Callable

from meta_inbox.domain.model.principal import Principal

WINDOW = 60.0
TENANT_FACTOR = 10
MAX_KEYS = 100_000


class RateLimiter:
    """A sliding window over two counters a key; what is forgotten after two minutes bounds its memory.

    It counts in this process alone: behind several processes each allows the whole limit.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._limit = per_minute
        self._now = now
        self._began = now()
        self._current: dict[tuple[str, ...], int] = {}
        self._previous: dict[tuple[str, ...], int] = {}

    def take(self, by: Principal) -> int | None:
        """Counts one request; the whole seconds to wait instead when there were too many."""
        if self._limit <= 0:
            return None
        elapsed = self._turn()
        keys: tuple[tuple[tuple[str, ...], int], ...] = (
            ((by.tenant, by.user), self._limit),
            ((by.tenant,), self._limit * TENANT_FACTOR),
        )
        waits = [self._wait(key, limit, elapsed) for key, limit in keys]
        if any(waits):
            return max(1, math.ceil(max(waits)))
        for key, _ in keys:
            self._current[key] = self._current.get(key, 0) + 1
        return None

    @property
    def remembered(self) -> int:
        """How many counters it holds."""
        return len(self._current) + len(self._previous)

    def _turn(self) -> float:
        """Begins a new window when it is time, and says how old the present one is."""
        now = self._now()
        elapsed = now - self._began
        if elapsed >= 2 * WINDOW:
            self._previous, self._current, self._began = {}, {}, now
        elif elapsed >= WINDOW or len(self._current) >= MAX_KEYS:
            self._previous, self._current = self._current, {}
            self._began = now if elapsed < WINDOW else self._began + WINDOW
        return now - self._began

    def _wait(self, key: tuple[str, ...], limit: int, elapsed: float) -> float:
        """Seconds until one more is allowed; 0 = now."""
        current, previous = self._current.get(key, 0), self._previous.get(key, 0)
        counted = current + previous * (1 - elapsed / WINDOW)
        if counted + 1 <= limit:
            return 0
        rest = WINDOW - elapsed
        fades_in = (counted + 1 - limit) * WINDOW / previous if previous else math.inf
        if fades_in <= rest:
            return fades_in
        return rest + WINDOW * max(0.0, 1 - (limit - 1) / max(current, 1))
