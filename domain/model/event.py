"""What the event log tells hosts and browsers; each event names the rows it is about."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, TenantId


class EventType(StrEnum):
    """The kinds of change."""

    MESSAGE_CREATED = "message.created"
    MESSAGE_UPDATED = "message.updated"
    CONVERSATION_UPDATED = "conversation.updated"
    CONTACT_UPDATED = "contact.updated"
    ACCOUNT_UPDATED = "account.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEvent:
    """One entry of a tenant's log; ``seq`` rises by commit and has no gaps within a tenant."""

    tenant_id: TenantId
    seq: int
    type: EventType
    at: datetime
    account_id: AccountId | None = None
    contact_id: ContactId | None = None
    message_id: MessageId | None = None
