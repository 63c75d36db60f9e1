"""The outbox: what is to be sent, who is sending it, and what came of it."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A caller's idempotency key with the fingerprint of what it asked for."""

    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to send one message now; ``fence`` is worthless after the lease was given to another."""

    message: Message
    content: Content
    account: Account
    reply_to: MetaMessageId | None
    attempt: int
    fence: str
    lease_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Meta accepted the message."""

    meta_message_id: MetaMessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Meta refused definitively, or the message can no longer go; ``copy_gone``: for want of a file."""

    error: SendError
    copy_gone: bool = False


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
Unsent = Failed | Later | NeedsLogin
"""Certainly not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """Meta has a copy of a file, under this id."""

    attachment_id: str


def backoff(attempt: int) -> timedelta:
    """How long a certainly unsent message waits before attempt number ``attempt + 1``."""
    return min(timedelta(seconds=2.0 ** min(attempt, 10)), MAX_BACKOFF)
