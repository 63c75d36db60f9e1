"""Events as browsers and other programs are told of them: the same shapes as the lists have."""

from datetime import datetime

import msgspec

from meta_inbox.adapters.http.accounts import AccountWire
from meta_inbox.adapters.http.conversations import ContactWire, ConversationWire
from meta_inbox.adapters.http.media_urls import MediaLinks
from meta_inbox.adapters.http.message_wire import MessageWire
from meta_inbox.adapters.http.wire import utc
from meta_inbox.domain.model.contact import Contact
from meta_inbox.domain.model.deletion import DeletedContact
from meta_inbox.domain.model.event import Event, EventType


class ToldContact(ContactWire, kw_only=True):
    """A contact with where it is found."""

    account_id: str
    contact_id: str

    @classmethod
    def told(cls, contact: Contact, links: MediaLinks | None) -> "ToldContact":
        """The contact as the lists show it, named."""
        shown = msgspec.structs.asdict(ContactWire.of(contact, links))
        return cls(account_id=contact.account_id, contact_id=contact.id, **shown)


class DeletedWire(msgspec.Struct, kw_only=True):
    """Who was deleted.

    ``contact_id`` is null where it is told more than a few seconds late, as it is forgotten as well;
    ``contact_digest`` is SHA-256 of ``<account_id>:<contact_id>``, the latter without ``comments:``.
    """

    account_id: str
    contact_id: str | None
    contact_digest: str

    @classmethod
    def of(cls, deleted: DeletedContact) -> "DeletedWire":
        """As it is told."""
        return cls(
            account_id=deleted.account_id, contact_id=deleted.contact_id, contact_digest=deleted.digest
        )


class EventDataWire(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the event's type promises, and nothing else."""

    message: MessageWire | msgspec.UnsetType = msgspec.UNSET
    conversation: ConversationWire | msgspec.UnsetType = msgspec.UNSET
    contact: ToldContact | msgspec.UnsetType = msgspec.UNSET
    account: AccountWire | msgspec.UnsetType = msgspec.UNSET
    deleted: DeletedWire | msgspec.UnsetType = msgspec.UNSET


class EventFrame(msgspec.Struct, kw_only=True):
    """One event of a live connection; ``cursor`` is where to go on from after it."""

    cursor: str
    type: str
    at: datetime
    data: EventDataWire


class PlaceFrame(msgspec.Struct, kw_only=True, tag_field="type"):
    """Where a live connection goes on from."""

    cursor: str


class Ready(PlaceFrame, tag="ready"):
    """The connection is open; every event behind the cursor follows."""


class Resync(PlaceFrame, tag="resync"):
    """What came before the cursor is not all known any more: lists are to be read anew."""


_encode = msgspec.json.Encoder().encode


def event_data(event: Event, now: datetime, links: MediaLinks | None) -> EventDataWire:
    """What the event is about, with its window as of now."""
    data, wire = event.data, EventDataWire()
    about_message = event.type in (EventType.MESSAGE_CREATED, EventType.MESSAGE_UPDATED)
    if about_message and data.message is not None:
        wire.message = MessageWire.of(data.message, links)
    if event.type in (EventType.MESSAGE_CREATED, EventType.CONVERSATION_UPDATED) and data.conversation:
        wire.conversation = ConversationWire.of(data.conversation, data.account, now, links)
    if data.contact is not None:
        wire.contact = ToldContact.told(data.contact, links)
    if data.deleted is not None:
        wire.deleted = DeletedWire.of(data.deleted)
    if event.type is EventType.ACCOUNT_UPDATED:
        wire.account = AccountWire.of(data.account, links)
    return wire


def event_frame(event: Event, now: datetime, links: MediaLinks | None) -> bytes:
    """The event as a live connection sends it."""
    return _encode(
        EventFrame(
            cursor=str(event.seq),
            type=event.type.value,
            at=utc(event.at),
            data=event_data(event, now, links),
        )
    )


def place_frame(frame: PlaceFrame) -> bytes:
    """The frame as it is sent."""
    return _encode(frame)
