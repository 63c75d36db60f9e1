"""Sends of which nobody knows what became: when they are looked for at Meta, and what then settles them.

That something is not found at Meta never means that it did not arrive: it is only not known.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.comment_reply import way_of
from meta_inbox.domain.model.history import PastPage
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.projection import alike, is_own, may_repeat
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem

LOOK_AFTER = timedelta(seconds=10)
"""How long after its attempt began a send is looked for."""
LOOKS_END = timedelta(minutes=2)
"""How long it is tried to look, when Meta does not answer."""
HELD_BACK_ENDS = timedelta(hours=1)
"""How long after its attempt ended a look may be held back by Meta's limits."""
LOOK_LEASE = timedelta(seconds=30)
AT_ONCE = 2
"""Sends of one account that are looked for at once; Meta takes two reads a second."""
KEPT_FOR = timedelta(days=7)
"""How long what failed, or is unknown, can be sent again: nothing may be sent later than that anyway."""
_UNDER_WAY = (MessageStatus.SENDING, MessageStatus.UNKNOWN)
_TO_BE_RESENT = (MessageStatus.UNKNOWN, MessageStatus.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An unknown send that is to be looked for, for the ``look``-th time, which is its fence as well."""

    message: Message
    account: Account
    look: int


def pause(look: int) -> timedelta:
    """How long after its n-th trouble in a row a send is looked for again."""
    return timedelta(seconds=5.0 * 2 ** min(look - 1, 4))


def may_be_looked_for(message: Message) -> bool:
    """Whether reading the conversation can settle it; answers to comments stand elsewhere."""
    return message.status is MessageStatus.UNKNOWN and is_own(message) and way_of(message) is None


def may_be_resent(message: Message) -> bool:
    """Whether a person may have it sent again."""
    return is_own(message) and message.status in _TO_BE_RESENT and message.deleted_at is None


def own_items(page: PastPage, contact: ContactId) -> list[WebhookItem]:
    """What the business wrote to this contact, of what was read."""
    return [
        item
        for conversation in page.conversations
        if conversation.contact_id == contact
        for item in conversation.items
        if item.kind is ItemKind.ECHO and item.meta_message_id is not None
    ]


def found_at_meta(
    own: Message, items: Sequence[WebhookItem], known: Set[MetaMessageId], others: Iterable[Message]
) -> WebhookItem | None:
    """The one message at Meta that this send must be, if there is exactly one candidate on both sides.

    ``known`` are Meta's ids of which a message is here; ``others`` are own messages near it.
    """
    if not may_be_looked_for(own):
        return None
    candidates = [item for item in items if item.meta_message_id not in known and _can_be(own, item)]
    if len(candidates) != 1:
        return None
    rivals = (other for other in others if other.id != own.id and _may_be_there(other))
    return None if any(_can_be(other, candidates[0]) for other in rivals) else candidates[0]


def _may_be_there(own: Message) -> bool:
    """Also what waits for another attempt, since nobody may know of an earlier one."""
    waits = own.status is MessageStatus.QUEUED and own.attempted_at is not None
    return is_own(own) and (waits or own.status in _UNDER_WAY)


def _can_be(own: Message, item: WebhookItem) -> bool:
    return item.sent_at is not None and may_repeat(item, own) and alike(own, item, item.sent_at)


def requeued(message: Message, *, human_agent: bool) -> Message:
    """The message once a person had it sent again, under the same id."""
    details: dict[str, Any] = {**(message.details or {}), "resent": message.resent + 1}
    return replace(
        message,
        status=MessageStatus.QUEUED,
        error=None,
        next_attempt_at=None,
        human_agent=human_agent,
        details=details,
    )
