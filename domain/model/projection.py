"""What a webhook item, or Meta's answer, makes of the messages: pure decisions that every store shares.

A store finds the rows, asks here what follows, and writes that down in one unit of work.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from meta_inbox.domain.errors import RefusalKind, RefusedByMeta
from meta_inbox.domain.model.changes import Unsent
from meta_inbox.domain.model.comment_reply import threads_of, way_of
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.echo_shapes import looks_like
from meta_inbox.domain.model.folding import echoed, folded
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.message import (
    Attachment,
    Direction,
    Message,
    MessageStatus,
    Origin,
    ReplyTo,
    SendError,
)
from meta_inbox.domain.model.sending import Failed, Later, NeedsLogin, Outcome, Sent, Unknown
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem

PROJECTION_ATTEMPTS = 5
CLAIMED_LATE = timedelta(hours=24)
"""How far back items without a route are handed to an account that is connected later."""
ECHO_STEP = timedelta(seconds=2)
ECHO_WAITS = timedelta(seconds=45)
ECHO_MATCHES = timedelta(minutes=10)
_AHEAD = timedelta(minutes=5)
_SKEW = timedelta(minutes=1)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BEFORE_META = datetime(2004, 1, 1, tzinfo=UTC)
_UNSETTLED = (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN, MessageStatus.FAILED)
_OWN = (Origin.AGENT, Origin.AUTOMATION)
_STATE_CODES = frozenset(
    {
        "window_closed",
        "account_not_sendable",
        "recipient_unavailable",
        "private_reply_used",
        "comment_deleted",
        "not_thread_owner",
    }
)
GIVEN_UP = SendError(
    code="account_not_sendable", detail="the account was disconnected before the message was sent"
)
"""What becomes of messages that wait on an account whose owner disconnects it."""


def clamped(sent_at: datetime | None, received_at: datetime) -> datetime:
    """Meta's time, or ours when Meta's is absent, more than 5 minutes ahead, or older than Meta."""
    if sent_at is None or not _BEFORE_META <= sent_at <= received_at + _AHEAD:
        return received_at
    return sent_at


def is_message_id(text: str) -> bool:
    """Whether a client token has the form of our ids; only then can it name a message of ours."""
    return _UUID.fullmatch(text) is not None


def message_from(
    item: WebhookItem,
    *,
    id_: MessageId,
    tenant: TenantId,
    account: AccountId,
    contact: ContactId | None,
    received_at: datetime,
    new_id: Callable[[], str],
) -> Message:
    """The message that an item makes by itself: a contact's, the business's from elsewhere, or a notice.

    ``created_at`` is its arrival, ``new_id`` names its attachments. ValueError without a contact.
    """
    if contact is None:
        raise ValueError("the item names no contact")
    direction, status = _WAYS.get(item.kind, (Direction.OUTBOUND, MessageStatus.SENT))
    return Message(
        id=id_,
        tenant_id=tenant,
        account_id=account,
        contact_id=contact,
        meta_message_id=item.meta_message_id,
        direction=direction,
        type=item.type,
        text=item.text,
        attachments=identified(item.attachments, new_id),
        quick_reply=item.quick_reply,
        postback=item.postback,
        reply_to=None if item.reply_to is None else ReplyTo(id=None, meta_message_id=item.reply_to),
        story=item.story,
        referral=item.referral,
        details=item.details,
        standby=item.standby,
        status=status,
        origin=_origin(item),
        sent_at=clamped(item.sent_at, received_at),
        created_at=received_at,
    )


# A notice was neither sent by the business nor can the contact read it.
_WAYS = {
    ItemKind.MESSAGE: (Direction.INBOUND, MessageStatus.RECEIVED),
    ItemKind.NOTICE: (Direction.OUTBOUND, MessageStatus.RECEIVED),
}


def _origin(item: WebhookItem) -> Origin:
    if item.kind is ItemKind.MESSAGE:
        return Origin.CONTACT
    return Origin.OTHER_APP if item.app_id or item.kind is ItemKind.NOTICE else Origin.NATIVE_APP


def identified(attachments: tuple[Attachment, ...], new_id: Callable[[], str]) -> tuple[Attachment, ...]:
    """The attachments of an item, each with an id of ours."""
    return tuple(replace(each, id=new_id()) for each in attachments)


def is_own(message: Message) -> bool:
    """Whether it was sent from here."""
    return message.origin in _OWN


@dataclass(frozen=True, slots=True)
class Settles:
    """The echo is of this own message: Meta has it."""

    message: Message


@dataclass(frozen=True, slots=True)
class Known:
    """Nothing new."""


@dataclass(frozen=True, slots=True)
class Waits:
    """It may be of a send that has not ended; asked again after ``ECHO_STEP``."""


@dataclass(frozen=True, slots=True)
class WrittenElsewhere:
    """Not sent from here: a message of its own."""


EchoMatch = Settles | Known | Waits | WrittenElsewhere


def match_echo(
    item: WebhookItem,
    *,
    received_at: datetime,
    now: datetime,
    named: Message | None,
    known: Message | None,
    own: Iterable[Message],
) -> EchoMatch:
    """Which of our messages an echo is of, or the account's answer to a comment.

    ``named`` is the own message of this account whose id the client token is, if ``may_name``; ``known``
    the message that has the item's Meta id already; ``own`` are own messages of the account that are
    ``sending`` or ``unknown``, of which those count that it ``may_repeat``. When ``Settles`` and ``known``
    is another message, that one is merged away (``merged``). What was sent again by a person may have
    arrived more than once: each further copy is a message of its own.
    """
    if named is not None and named.status in _UNSETTLED:
        return Settles(named)
    if known is not None or (named is not None and not _is_another_copy(item, named)):
        return Known()
    if item.client_token is not None:
        return WrittenElsewhere()
    mine = [message for message in own if may_repeat(item, message)]
    return _unnamed(item, clamped(item.sent_at, received_at), mine, now - received_at)


def _is_another_copy(item: WebhookItem, own: Message) -> bool:
    """Whether an echo with our token is not of what was taken for this message before."""
    open_to_doubt = own.resent > 0 or own.is_guessed
    return open_to_doubt and item.meta_message_id not in (None, own.meta_message_id)


def may_name(item: WebhookItem, own: Message) -> bool:
    """Whether an echo that brings this message's id can be of it: a private answer stands elsewhere."""
    return own.contact_id == item.contact_id or way_of(own) == "private"


def may_repeat(item: WebhookItem, own: Message) -> bool:
    """Whether an echo to this contact, or an answer under this comment, can be of this own message."""
    if item.kind is ItemKind.ANSWER:
        return way_of(own) == "public" and item.reply_to in threads_of(own)
    if way_of(own) == "private":
        return own.contact_id == f"{COMMENTS}{item.contact_id}"
    return own.contact_id == item.contact_id


def _unnamed(item: WebhookItem, at: datetime, own: Sequence[Message], waited: timedelta) -> EchoMatch:
    candidates = [message for message in own if alike(message, item, at)]
    sending = any(message.status is MessageStatus.SENDING for message in own)
    if len(candidates) == 1 and candidates[0].status is MessageStatus.UNKNOWN:
        return Settles(candidates[0])
    if sending and waited < ECHO_WAITS:
        return Waits()
    return WrittenElsewhere()


def alike(own: Message, item: WebhookItem, at: datetime) -> bool:
    """Whether what Meta has, written ``at`` this time, can be this own message by content and time."""
    begun = own.attempted_at or own.created_at
    if at < own.created_at - _SKEW or at > begun + ECHO_MATCHES:
        return False
    if item.kind is ItemKind.ANSWER:  # a comment there, a text here
        return (own.text or "").strip() == (item.text or "").strip()
    return looks_like(own, item)


def arrived(own: Message, meta_message_id: MetaMessageId | None, at: datetime) -> Message:
    """The own message once Meta is known to have it; also one that was held to have failed."""
    return replace(
        own,
        meta_message_id=meta_message_id or own.meta_message_id,
        status=MessageStatus.SENT,
        error=None,
        next_attempt_at=None,
        sent_at=at,
    )


def settled_by(own: Message, item: WebhookItem, at: datetime) -> Message:
    """The own message once it is decided that the item is of it; without our token that was a guess."""
    settled = echoed(arrived(own, item.meta_message_id, at), at)
    if item.client_token == own.id:
        return settled
    return replace(settled, details={**(own.details or {}), "matched_by": "content"})


def merged(own: Message, echo_made: Message) -> Message:
    """The own message after the one that its echo had made is taken into it, with all that became of it."""
    at = echo_made.sent_at or echo_made.created_at
    made = replace(
        arrived(own, echo_made.meta_message_id, at),
        meta_sent_at=at,
        reactions=echo_made.reactions,
        edits=echo_made.edits,
        edited_at=echo_made.edited_at,
        text=echo_made.text if echo_made.edits else own.text,
        status=echo_made.status if echo_made.status.is_settled else MessageStatus.SENT,
    )
    return made if echo_made.deleted_at is None else folded(made, Unsent(), echo_made.deleted_at)


def is_settled_by(message: Message, outcome: Outcome, *, fence_holds: bool, in_doubt: bool = False) -> bool:
    """Whether this outcome still says something new; a stale fence only ends an ``unknown``.

    ``in_doubt``: it was sent again while nobody knew what had become of an earlier attempt. Then that one
    attempt failed says nothing of the other, and that one succeeded makes a second needless.
    """
    if message.status is MessageStatus.UNKNOWN:
        return isinstance(outcome, Sent) or (isinstance(outcome, Failed) and not in_doubt)
    if in_doubt and message.status is MessageStatus.QUEUED:
        return isinstance(outcome, Sent)
    return fence_holds and message.status is MessageStatus.SENDING


def after_outcome(message: Message, outcome: Outcome, now: datetime, *, in_doubt: bool = False) -> Message:
    """The message after what came of an attempt; ``in_doubt``: an earlier one may have succeeded."""
    match outcome:
        case Sent(meta_message_id=mid):
            return arrived(message, mid, now)
        case Failed(error=error):
            return message.doubtful(error) if in_doubt else message.failed(error)
        case Unknown(error=error):
            return message.doubtful(error)
        case Later(error=error, after=after):
            return replace(message, status=MessageStatus.QUEUED, error=error, next_attempt_at=now + after)
        case NeedsLogin(error=error):
            return replace(message, status=MessageStatus.QUEUED, error=error, next_attempt_at=None)


def refusal_of(message: Message) -> RefusedByMeta | None:
    """What is raised for a message that failed; None for every other."""
    if message.status is not MessageStatus.FAILED or message.error is None:
        return None
    error = message.error
    return RefusedByMeta(error.detail, code=error.code, kind=refusal_kind(error.code), message=message)


def refusal_kind(code: str) -> RefusalKind:
    """Whether Meta refused for the present state, or such a thing for good."""
    return RefusalKind.STATE if code in _STATE_CODES else RefusalKind.CONTENT
