"""What a host reads of the event log: whose turn it is, how often it was tried, and what was set aside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from meta_inbox.domain.model.event import EventType, LoggedEvent
from meta_inbox.domain.model.ids import TenantId

LEASE = timedelta(seconds=30)
HELD_EVERY = timedelta(seconds=10)
RETRIED_AFTER = (
    timedelta(seconds=0.5),
    timedelta(seconds=2),
    timedelta(seconds=10),
    timedelta(seconds=30),
)
"""How long an event waits after its first, second, … failure; after one more it is set aside."""
DIED = "the process ended while it was handled"
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerClaim:
    """A tenant's log in one reader's hands; ``fence`` is worthless after the lease was given to another.

    ``seq`` is what was acknowledged last, None before the first; ``attempt`` counts the failures of what
    follows it, also those that no process outlived; ``missed`` = the log had lost something that nobody has
    been told of yet.
    """

    tenant_id: TenantId
    consumer: str
    fence: str
    seq: int | None = None
    attempt: int = 0
    missed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An event that its handler failed at for good; ``error`` is a kind and a place, never anybody's words.

    ``asked_at``: since when it is to be handled once more.
    """

    consumer: str
    event: LoggedEvent
    attempts: int
    error: str
    failed_at: datetime
    asked_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether it is to be handled once more."""
        return self.asked_at is not None

    @property
    def id(self) -> str:
        """The event's own."""
        return self.event.id

    @property
    def type(self) -> EventType:
        """What kind of change it is."""
        return self.event.type

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.event.at

    @property
    def tenant_id(self) -> TenantId:
        """Whose it is."""
        return self.event.tenant_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerState:
    """How far one consumer is behind, over all its tenants."""

    consumer: str
    tenants: int
    lag: int
    oldest_at: datetime | None
    dead_letters: int


def retried_after(attempt: int) -> timedelta | None:
    """How long to wait after this failure; None = it was the last."""
    return RETRIED_AFTER[attempt - 1] if attempt <= len(RETRIED_AFTER) else None


def is_given_up(attempt: int) -> bool:
    """Whether what failed so often is not tried again: so far, processes that ended did not set it aside."""
    return attempt > len(RETRIED_AFTER)


def consumer_name(text: str) -> str:
    """The name. Raises ValueError for one that is empty, too long or has control characters."""
    if not 1 <= len(text) <= _LONGEST_NAME or not text.isprintable():
        raise ValueError(f"a consumer's name must be 1 to {_LONGEST_NAME} printable characters")
    return text
