"""The clock of the machine, one that is set by hand, and ids that sort by when they were made."""

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Lock

_RANDOM_BITS = 74
_STEP_BYTES = 4
_STEPS = 256
_LOW_BITS = 62
_LOW = (1 << _LOW_BITS) - 1
_VERSION = 7 << 76
_VARIANT = 2 << 62


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """Stands still until it is moved; for tests and demonstrations."""

    def __init__(self, at: datetime | None = None) -> None:
        self._at = at or datetime.now(UTC)

    def now(self) -> datetime:
        """The moment it was set to."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Moves it; backwards too, as real clocks sometimes do."""
        self._at += by


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class UuidV7Ids:
    """UUIDv7 (RFC 9562, §5.7), rising within this process even when its clock is set back.

    The 74 bits behind the time begin at random in each millisecond and rise by a random step for every
    further id (§6.2, method 2), so that ids of one batch keep their order and none can be guessed.
    """

    def __init__(self, milliseconds: Callable[[], int] = _milliseconds) -> None:
        self._milliseconds = milliseconds
        self._last_ms = 0
        self._tail = 0
        self._steps: Iterator[int] = iter(())
        self._lock = Lock()

    def new(self) -> str:
        """A new id as lower-case text with hyphens."""
        with self._lock:
            self._move_on()
            ms, tail = self._last_ms, self._tail
        value = ms << 80 | _VERSION | tail >> _LOW_BITS << 64 | _VARIANT | tail & _LOW
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def _step(self) -> int:
        for step in self._steps:
            return step
        # Asking the system for each would cost more than all the rest of an id.
        drawn = secrets.token_bytes(_STEP_BYTES * _STEPS)
        self._steps = iter(memoryview(drawn).cast("I").tolist())
        return next(self._steps)

    def _move_on(self) -> None:
        now = self._milliseconds()
        if now <= self._last_ms:
            self._tail += 1 + self._step()
            if self._tail < 1 << _RANDOM_BITS:
                return
            now = self._last_ms + 1
        self._last_ms = now
        self._tail = secrets.randbits(_RANDOM_BITS - 1)  # the highest bit is room to rise into
