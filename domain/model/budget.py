"""How much of what Meta allows is used up, and who waits for it.

Source: "Rate Limits" of the Graph API. People's answers go before automations, and those before whatever
is read back; near the limit the latter stop, at the limit everything does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

FRESH = timedelta(minutes=5)
"""For how long a reading counts."""
SPACING = timedelta(seconds=1)
"""Between two calls of an account that may still be limited."""
BACKOFF = timedelta(seconds=30)
"""How long a limited account waits when Meta does not say."""
LONGEST_BACKOFF = timedelta(minutes=15)
USED_UP = 100


class Priority(IntEnum):
    """Who may call when little is left, the first of all first."""

    PEOPLE = 1
    AUTOMATION = 2
    SYNC = 3


PAUSED_FROM = {Priority.PEOPLE: USED_UP, Priority.AUTOMATION: 90, Priority.SYNC: 80}
"""Per cent of the budget from which on each waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What is known of one budget of Meta's: an account's, a Page's or the whole app's.

    ``limited`` = Meta refused their calls, and those of whoever comes after them, or said that nothing is
    left, and no call went well since.
    """

    used: int = 0
    read_at: datetime | None = None
    all_wait_until: datetime | None = None
    sync_waits_until: datetime | None = None
    limited: Priority | None = None
    called_at: datetime | None = None

    def wait(self, priority: Priority, now: datetime) -> timedelta:
        """How long a call must wait; zero = it may go."""
        until = [self.all_wait_until, self._enough_again_at(priority, now)]
        if priority is Priority.SYNC:
            until.append(self.sync_waits_until)
        if self.limited is not None and priority >= self.limited and self.called_at is not None:
            until.append(self.called_at + SPACING)
        return _latest(until, now) - now

    def all_wait(self, now: datetime) -> timedelta:
        """How long nobody may call; the space between two calls is not that."""
        return _latest([self.all_wait_until], now) - now

    def _enough_again_at(self, priority: Priority, now: datetime) -> datetime | None:
        """When a reading that bars the call is too old to count; a person's answer may find out sooner."""
        if self.read_at is None or priority is Priority.PEOPLE or self.used < PAUSED_FROM[priority]:
            return None
        return self.read_at + FRESH if now < self.read_at + FRESH else None

    def called(self, now: datetime) -> "Budget":
        """A call begins."""
        return replace(self, called_at=now)

    def read(self, used: int, regained_after: timedelta, now: datetime) -> "Budget":
        """Meta said how much is used, and after how long it is free again."""
        if used < USED_UP:
            return replace(self, used=used, read_at=now, limited=None)
        until = _latest([self.all_wait_until], now + (regained_after or BACKOFF))
        return replace(self, used=used, read_at=now, all_wait_until=until, limited=Priority.PEOPLE)

    def went_well(self) -> "Budget":
        """A call was answered as it should be, without a word of usage."""
        return replace(self, limited=None)

    def refused(self, wait: timedelta, now: datetime, *, everything: bool) -> "Budget":
        """Meta refused a call for its rate; ``everything`` waits, or only what is read back."""
        if everything:
            until = _latest([self.all_wait_until], now + wait)
            return replace(self, all_wait_until=until, limited=Priority.PEOPLE)
        until = _latest([self.sync_waits_until], now + wait)
        return replace(self, sync_waits_until=until, limited=self.limited or Priority.SYNC)


def _latest(moments: Iterable[datetime | None], at_least: datetime) -> datetime:
    return max([at_least, *(moment for moment in moments if moment is not None)])
