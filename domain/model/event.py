"""What the event log tells hosts and browsers; each event names the rows it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.contact import Contact
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.deletion import DeletedContact
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, TenantId
from meta_inbox.domain.model.message import Message

_EVENTS = UUID("0199d2a0-6c1e-7b6f-9a5b-3f1f5d0c7e11")


class EventType(StrEnum):
    """The kinds of change."""

    MESSAGE_CREATED = "message.created"
    MESSAGE_UPDATED = "message.updated"
    CONVERSATION_UPDATED = "conversation.updated"
    CONTACT_UPDATED = "contact.updated"
    CONTACT_DELETED = "contact.deleted"
    ACCOUNT_UPDATED = "account.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEvent:
    """One entry of a tenant's log; ``seq`` rises by commit and has no gaps within a tenant.

    What tells of a contact's deletion has the deletion's id in the place of a message's, and no contact.
    """

    tenant_id: TenantId
    seq: int
    type: EventType
    at: datetime
    account_id: AccountId | None = None
    contact_id: ContactId | None = None
    message_id: MessageId | None = None

    @property
    def id(self) -> str:
        """A UUID that the event has for good, wherever and however often it is told.

        Numbers begin anew where a log is lost or restored, and tenants of two installations may have one id;
        the time tells these apart, so whatever keeps an event keeps its ``at`` to the microsecond.
        """
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return str(uuid5(_EVENTS, f"{self.seq} {at} {self.tenant_id}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventData:
    """What an event is about, as it is when it is told; the account is there whatever it is about."""

    account: Account
    message: Message | None = None
    conversation: Conversation | None = None
    contact: Contact | None = None
    deleted: DeletedContact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change and what it is about.

    ``data.message`` and ``data.conversation`` are there for ``message.created`` and ``message.updated``,
    ``data.conversation`` for ``conversation.updated``, ``data.contact`` and ``data.conversation`` for
    ``contact.updated``, ``data.deleted`` for ``contact.deleted``, ``data.account`` always.
    """

    id: str
    type: EventType
    at: datetime
    tenant_id: TenantId
    seq: int
    data: EventData

    @property
    def logged(self) -> LoggedEvent:
        """The entry of the log that it was made of, which names what it is about."""
        about = self.data.message or self.data.conversation
        named = self.data.message or self.data.deleted
        return LoggedEvent(
            tenant_id=self.tenant_id,
            seq=self.seq,
            type=self.type,
            at=self.at,
            account_id=self.data.account.id,
            contact_id=None if about is None else about.contact_id,
            message_id=None if named is None else MessageId(named.id),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some of a tenant's log, in its order.

    ``up_to`` is where the next page goes on: behind the last event, or behind later ones that are left out
    since what they are about is gone. ``lost`` = the log no longer has what followed the place that was
    asked for; the page then begins with the oldest that it has. ``more`` = the log goes on behind it.
    """

    events: Sequence[Event]
    up_to: int
    lost: bool = False
    more: bool = False
