"""What a contract test may do that no port offers: let time pass, look inside, make a projection fail."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from meta_inbox.domain.model.event import LoggedEvent
from meta_inbox.domain.model.ids import MetaMessageId, TenantId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import (
    AccountCare,
    AccountPictures,
    Accounts,
    CannedReplies,
    Clock,
    Consumers,
    Conversations,
    DeadLetters,
    Deletions,
    EventLog,
    Histories,
    Ids,
    Journal,
    LiveTickets,
    MediaFiles,
    OAuthStates,
    Outbox,
    Outcomes,
    Uploads,
    WebhookDeliveries,
    WebhookEndpoints,
    WebhookQueue,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingItem:
    """An item of the journal that is not projected; ``state`` is pending, unrouted, kept or quarantined."""

    state: str
    reason: str | None
    index: int


class Backstage(Protocol):
    """Time cannot be moved in a database, so rows are aged instead: every time in them goes back."""

    async def age_ticket(self, ticket: Secret, by: timedelta) -> None:
        """As if the ticket had been given out that much earlier."""
        ...

    async def age_state(self, state: Secret, by: timedelta) -> None:
        """As if the ticket had been exchanged for the state that much earlier."""
        ...

    async def age_live_tickets(self, by: timedelta) -> None:
        """As if every ticket for a live connection had been given out that much earlier."""
        ...

    async def age_completion(self, completion: Secret, by: timedelta) -> None:
        """As if the completion had been given out that much earlier."""
        ...

    async def age_message(self, message: Message, by: timedelta) -> None:
        """As if all about it and its sending had happened earlier: made, begun, leased, next attempt."""
        ...

    async def age_pauses(self, by: timedelta) -> None:
        """As if every account had been paused, and had tried again, that much earlier."""
        ...

    async def woken(self) -> set[str]:
        """What workers were told of, by their work's name, since this was last asked; at first nothing."""
        ...

    async def age_key(self, tenant: TenantId, key: str, by: timedelta) -> None:
        """As if the idempotency key had been used that much earlier."""
        ...

    async def age_items(self, by: timedelta) -> None:
        """As if every waiting item had come, been claimed and been tried that much earlier."""
        ...

    async def age_tries(self, by: timedelta) -> None:
        """The same for tries and claims of subscriptions, unsubscriptions, profiles, pictures and care."""
        ...

    async def age_media(self, by: timedelta) -> None:
        """As if every file had come, been claimed, been tried and been discarded that much earlier."""
        ...

    async def age_uploads(self, by: timedelta) -> None:
        """As if every file had been uploaded, and every copy been given to Meta, that much earlier."""
        ...

    async def purge(self, message: Message) -> None:
        """Forgets the message's files, in a transaction of its own."""
        ...

    async def age_histories(self, by: timedelta) -> None:
        """As if every run of a history, its lease and the last sign of life had been that much earlier."""
        ...

    async def age_deletions(self, by: timedelta) -> None:
        """As if every deletion of a contact had been claimed and put off that much earlier."""
        ...

    async def age_consumers(self, by: timedelta) -> None:
        """As if every log had been claimed and put off that much earlier."""

    async def age_webhooks(self, by: timedelta) -> None:
        """As if all about endpoints and deliveries had been that much earlier."""
        ...

    async def age_profiles(self, by: timedelta) -> None:
        """As if every profile had been fetched, and every picture been told, that much earlier."""
        ...

    async def events(self, tenant: TenantId) -> list[LoggedEvent]:
        """The tenant's log, by ``seq``."""
        ...

    async def forget_events(self, tenant: TenantId, up_to: int, since: int = 1) -> None:
        """As if these, the oldest of the tenant's log, were past the retention."""
        ...

    async def log_tomorrow(self, tenant: TenantId, since: int) -> None:
        """As if these of the tenant's log had been written a moment later, just after midnight."""
        ...

    async def renew_kind(self, tenant: TenantId, seq: int) -> None:
        """As if a newer version, which knows more kinds, had logged this event and changed the endpoints."""
        ...

    async def items(self) -> list[WaitingItem]:
        """Every item that is not projected, in order of arrival."""
        ...

    async def unreadable(self) -> list[str]:
        """Why each body that is not understood as a whole is not."""
        ...

    async def bodies(self) -> list[bytes]:
        """Every journalled body, in order of arrival."""
        ...

    async def kept_of(self, message: Message) -> str:
        """All that is kept of it in its row."""
        ...

    async def key_of(self, tenant: TenantId, key: str) -> str:
        """All that is kept of the idempotency key in its row."""
        ...

    async def count_messages(self, tenant: TenantId) -> int:
        """How many messages the tenant has."""
        ...

    async def break_projection(self, mid: MetaMessageId) -> None:
        """From now on, projecting a message with this id of Meta's fails."""
        ...

    async def mend_projection(self, mid: MetaMessageId) -> None:
        """It no longer fails."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The adapters under test, empty at the beginning of each test, and what goes on behind them."""

    states: OAuthStates
    accounts: Accounts
    account_care: AccountCare
    account_pictures: AccountPictures
    journal: Journal
    conversations: Conversations
    outbox: Outbox
    outcomes: Outcomes
    media: MediaFiles
    uploads: Uploads
    histories: Histories
    deletions: Deletions
    events: EventLog
    live_tickets: LiveTickets
    consumers: Consumers
    dead_letters: DeadLetters
    canned_replies: CannedReplies
    endpoints: WebhookEndpoints
    deliveries: WebhookDeliveries
    queue: WebhookQueue
    clock: Clock
    ids: Ids
    backstage: Backstage
