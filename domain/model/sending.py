"""The outbox: what is to be sent, who is sending it, and what came of it."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Content, Message, SendError

LEASE = timedelta(seconds=30)
CALLER_WAITS = timedelta(seconds=10)
UNKNOWN_BLOCKS = timedelta(seconds=30)
MAX_BACKOFF = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A caller's idempotency key with the fingerprint of what it asked for."""

    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to send one message now; ``fence`` is worthless after the lease was given to another.

    ``since`` is a moment of the monotonic clock before the lease began.
    """

    message: Message
    content: Content
    account: Account
    reply_to: MetaMessageId | None
    attempt: int
    fence: str
    lease_until: datetime
    since: float = field(default_factory=time.monotonic, compare=False)

    def is_stale(self, now: float) -> bool:
        """Whether the process was held up for so long that the lease may end before Meta has answered."""
        return now - self.since > LEASE.total_seconds() / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Meta accepted the message."""

    meta_message_id: MetaMessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Meta refused definitively, or the message can no longer go."""

    error: SendError


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The request left and nobody knows what became of it."""

    error: SendError


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Certainly not sent; to be tried again, not before ``after`` has passed."""

    error: SendError
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsLogin:
    """Certainly not sent: the access token is dead. The message waits until the account is reconnected."""

    error: SendError


Outcome = Sent | Failed | Unknown | Later | NeedsLogin


HELD_UP = Later(
    error=SendError(code="held_up", detail="the process was held up before it could send the message"),
    after=timedelta(seconds=1),
)


def backoff(attempt: int) -> timedelta:
    """How long a certainly unsent message waits before attempt number ``attempt + 1``."""
    return min(timedelta(seconds=2.0 ** min(attempt, 10)), MAX_BACKOFF)
