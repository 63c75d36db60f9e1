"""What an item says about something that is already there, or that is yet to come.

A change names a message by Meta's id, or the whole conversation. None depends on having come after what it
is about: what is not there yet is waited for, and folding the same change in twice does nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from meta_inbox.domain.model.ids import MetaMessageId


class Party(StrEnum):
    """The two sides of a conversation."""

    CONTACT = "contact"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """Its writer changed the text; ``number`` counts the edits of this message from 1."""

    text: str | None
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """A side reacted, or took its reaction back (``reaction`` None)."""

    by: Party
    reaction: str | None
    emoji: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Its writer took the message back: nothing of its content may be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A comment was hidden from the public, or shown again."""

    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Everything sent ``up_to`` then, and these messages, reached the contact's device."""

    up_to: datetime | None
    messages: tuple[MetaMessageId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The contact has read everything sent ``up_to`` then, or up to the message that the item names."""

    up_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChanged:
    """Another app owns the thread from now on: ``self``, the app's id, or None = nobody."""

    owner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyEnforced:
    """Meta warns the account, blocks it or lifts the block."""

    action: str
    reason: str | None


MessageChange = Edited | Reacted | Unsent | Hidden
ReceiptChange = Delivered | Seen
Change = MessageChange | ReceiptChange | OwnerChanged | PolicyEnforced
