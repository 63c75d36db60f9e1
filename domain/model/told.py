"""Events as a host's handlers take them: one kind each, with the objects they are about as they are now."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.contact import Contact
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.deletion import DeletedContact
from meta_inbox.domain.model.event import Event, EventType
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.message import Direction, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What all of them have; ``missed_before`` = the log had lost events before this one."""

    id: str
    at: datetime
    tenant_id: TenantId
    account: Account
    missed_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOfContact(Told):
    """It concerns the exchange with one contact."""

    conversation: Conversation
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOfMessage(ToldOfContact):
    """It concerns one message."""

    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(ToldOfMessage):
    """A contact wrote, or commented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(ToldOfMessage):
    """The business wrote, here or in Meta's own app; ``message.status`` says how far it has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageChanged(ToldOfMessage):
    """Something became of a message: a status, an edit, a reaction, a receipt, an unsend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationChanged(ToldOfContact):
    """Read marks, owner or window changed, or earlier messages were read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChanged(ToldOfContact):
    """The contact's profile became known, or is another now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDeleted(Told):
    """The contact is deleted, with both conversations; the host deletes what it has of them."""

    deleted: DeletedContact


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged(Told):
    """The account was connected or disconnected, or its state is another now."""


class _OfAll(TypedDict):
    id: str
    at: datetime
    tenant_id: TenantId
    account: Account
    missed_before: bool


class _OfContact(_OfAll):
    conversation: Conversation
    contact: Contact


def told(event: Event, *, missed_before: bool = False) -> Told | None:
    """The event as one of these; None when what it is about is no longer all there."""
    of_all = _OfAll(
        id=event.id,
        at=event.at,
        tenant_id=event.tenant_id,
        account=event.data.account,
        missed_before=missed_before,
    )
    if event.type is EventType.ACCOUNT_UPDATED:
        return AccountChanged(**of_all)
    if event.data.deleted is not None:
        return ContactDeleted(**of_all, deleted=event.data.deleted)
    talk = event.data.conversation
    return (
        None
        if talk is None
        else _of_contact(event, {**of_all, "conversation": talk, "contact": talk.contact})
    )


def _of_contact(event: Event, of_contact: _OfContact) -> Told | None:
    if event.type is EventType.CONTACT_UPDATED:
        return ContactChanged(**of_contact)
    if event.type is EventType.CONVERSATION_UPDATED:
        return ConversationChanged(**of_contact)
    message = event.data.message
    if message is None:
        return None
    if event.type is EventType.MESSAGE_UPDATED:
        return MessageChanged(**of_contact, message=message)
    received = message.direction is Direction.INBOUND
    return (MessageReceived if received else MessageSent)(**of_contact, message=message)
