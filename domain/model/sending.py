"""The outbox: what is to be sent, who is sending it, and what came of it."""

import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.content import Content
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Message, SendError

LEASE = timedelta(seconds=30)
UPLOAD_LEASE = timedelta(seconds=90)
"""For how long a message is held while a file of it goes to Meta."""
CALLER_WAITS = timedelta(seconds=10)
UNKNOWN_BLOCKS = timedelta(seconds=30)
MAX_BACKOFF = timedelta(minutes=15)
ASKED_EVERY = timedelta(minutes=5)
"""How often what waits on an account that cannot send is asked whether it is too late."""
SENDS_AT_ONCE = 20
"""Of one account, over all processes: a slow one must not take every connection."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A queued message of an account that may not send now; ``resume_at`` is when it may, if known."""

    message: Message
    content: Content
    disconnected: bool
    resume_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Meta accepted the message."""

    meta_message_id: MetaMessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Meta refused definitively, or the message can no longer go.

    ``paused_by``: what its account waits for, longer than the message could. ``copy_gone``: for want of a
    file.
    """

    error: SendError
    paused_by: "Later | None" = None
    copy_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The request left and nobody knows what became of it."""

    error: SendError


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Certainly not sent; to be tried again, not before ``after`` has passed.

    ``whole_account`` = nor may anything else of the account, before ``account_after`` where that is not as
    long. ``once`` = when the same happens again, that is final. ``asked`` = it was Meta that said so.
    ``backs_off`` = it waits longer each time; not so what only had to wait its turn.
    """

    error: SendError
    after: timedelta
    whole_account: bool = False
    account_after: timedelta | None = None
    once: bool = False
    backs_off: bool = True
    asked: bool = True

    @property
    def pauses_for(self) -> timedelta:
        """How long everything else of the account waits, if it does."""
        return self.after if self.account_after is None else self.account_after


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsLogin:
    """Certainly not sent: the access token is dead. The message waits until the account is reconnected."""

    error: SendError


Outcome = Sent | Failed | Unknown | Later | NeedsLogin
Unsent = Failed | Later | NeedsLogin
"""Certainly not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """Meta has a copy of a file, under this id."""

    attachment_id: str


HELD_UP = Later(
    error=SendError(code="held_up", detail="the process was held up before it could send the message"),
    after=timedelta(seconds=1),
)


def is_stale(since: float, now: float) -> bool:
    """Whether the process was held up for so long that its lease may end before Meta has answered."""
    return now - since > LEASE.total_seconds() / 2


def backoff(attempt: int) -> timedelta:
    """How long a certainly unsent message waits before attempt number ``attempt + 1``."""
    return min(timedelta(seconds=2.0 ** min(attempt, 10)), MAX_BACKOFF)


def is_repeated(former: SendError | None, error: SendError) -> bool:
    """Whether Meta said the very same of the attempt before."""
    return former is not None and _said(former) == _said(error)


def _said(error: SendError) -> tuple[str, int | None, int | None]:
    return error.code, error.meta_code, error.meta_subcode


def given_up(later: Later, code: str) -> Failed:
    """What becomes of a message that could be tried again only when it may no longer be sent."""
    detail = f"{later.error.detail}; by the time that it could be sent again it may no longer be"
    error = replace(later.error, code=code, detail=detail)
    return Failed(error=error, paused_by=later if later.whole_account else None)
