"""What was read back, as the parameters of the statements that add it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from meta_inbox.adapters.persistence.postgres_rows import is_storable
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.history import LEASE, TOLD_EVERY, PastConversation, Run, RunKind
from meta_inbox.domain.model.media_rules import MediaRules, marked
from meta_inbox.domain.model.message import Attachment, Direction, Message, Reaction
from meta_inbox.domain.model.webhook import WebhookItem

_RANK = {RunKind.IMPORT: 2, RunKind.REPAIR: 0}


class _Row(msgspec.Struct, omit_defaults=True):
    """One message of the JSON array that ``_ADD`` is given."""

    id: str
    contact_id: str
    mid: str | None
    direction: str
    type: str
    text: str | None
    status: str
    origin: str
    from_id: str
    to_id: str
    at: datetime
    reply_to: str | None = None
    story: dict[str, Any] | None = None
    attachments: tuple[Attachment, ...] = ()
    reactions: tuple[Reaction, ...] | None = None
    details: dict[str, Any] | None = None
    raw: msgspec.Raw | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What a run found; ``cursor`` is where it goes on."""

    run: Run
    found: Sequence[PastConversation]
    cursor: str | None

    def values(self) -> dict[str, Any]:
        """What every statement is given."""
        return {
            "tenant": self.run.tenant_id,
            "account": self.run.account_id,
            "fence": self.run.fence,
            "quiet": self.run.quiet_before,
            "rank": _RANK[self.run.kind],
            "told_every": TOLD_EVERY,
            "lease": LEASE,
            "cursor": self.cursor,
            "read": len(self.found),
            "contacts": [each.contact_id for each in self.found],
            "comments": COMMENTS,
            "commenters": [f"{COMMENTS}{each.contact_id}" for each in self.found],
        }

    def names(self, contacts: Collection[str]) -> dict[str, list[str | None]]:
        """What these contacts are called, column by column."""
        named = list({each.contact_id: each for each in self.found if each.contact_id in contacts}.values())
        return {
            "ids": [each.contact_id for each in named],
            "names": [_storable(each.name) for each in named],
            "usernames": [_storable(each.username) for each in named],
        }

    def messages(self, now: datetime, new_id: Callable[[], str], rules: MediaRules) -> list[Message]:
        """What was found as messages, marked for their files."""
        return [marked(made, rules, new_id) for made in self.run.messages(self.found, now, new_id)]

    def rows(self, messages: Sequence[Message]) -> list[_Row]:
        """These messages as they are to be added."""
        items = (item for each in self.found for item in each.items)
        return [_row(*one) for one in zip(messages, items, strict=True)]


def _row(message: Message, item: WebhookItem) -> _Row:
    inbound = message.direction is Direction.INBOUND
    at = message.sent_at or message.created_at
    return _Row(
        id=message.id,
        contact_id=message.contact_id,
        mid=message.meta_message_id,
        direction=message.direction.value,
        type=message.type,
        text=message.text,
        status=message.status.value,
        origin=message.origin.value,
        from_id=message.contact_id if inbound else item.external_id,
        to_id=item.external_id if inbound else message.contact_id,
        at=at,
        reply_to=message.reply_to.meta_message_id if message.reply_to else None,
        story=message.story,
        attachments=message.attachments,
        reactions=message.reactions or None,
        details=message.details,
        raw=None if item.plain and at == item.sent_at else msgspec.Raw(item.raw),
    )


def _storable(text: str | None) -> str | None:
    return text if text is not None and is_storable(text) else None
