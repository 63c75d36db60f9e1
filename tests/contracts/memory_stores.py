"""The in-memory adapters under the contracts."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_account_care import InMemoryAccountCare
from meta_inbox.adapters.persistence.in_memory_account_pictures import InMemoryAccountPictures
from meta_inbox.adapters.persistence.in_memory_accounts import InMemoryAccounts
from meta_inbox.adapters.persistence.in_memory_canned_replies import InMemoryCannedReplies
from meta_inbox.adapters.persistence.in_memory_consumers import InMemoryConsumers
from meta_inbox.adapters.persistence.in_memory_conversations import InMemoryConversations
from meta_inbox.adapters.persistence.in_memory_dead_letters import InMemoryDeadLetters
from meta_inbox.adapters.persistence.in_memory_deletions import InMemoryDeletions
from meta_inbox.adapters.persistence.in_memory_event_log import InMemoryEventLog
from meta_inbox.adapters.persistence.in_memory_histories import InMemoryHistories
from meta_inbox.adapters.persistence.in_memory_journal import InMemoryJournal
from meta_inbox.adapters.persistence.in_memory_live_tickets import InMemoryLiveTickets
from meta_inbox.adapters.persistence.in_memory_media import InMemoryMedia, purge_media
from meta_inbox.adapters.persistence.in_memory_outbox import InMemoryOutbox
from meta_inbox.adapters.persistence.in_memory_outcomes import InMemoryOutcomes
from meta_inbox.adapters.persistence.in_memory_states import InMemoryOAuthStates
from meta_inbox.adapters.persistence.in_memory_uploads import InMemoryUploads
from meta_inbox.adapters.persistence.in_memory_webhook_deliveries import InMemoryWebhookDeliveries
from meta_inbox.adapters.persistence.in_memory_webhook_endpoints import InMemoryWebhookEndpoints
from meta_inbox.adapters.persistence.in_memory_webhook_queue import InMemoryWebhookQueue
from meta_inbox.adapters.persistence.time_and_ids import SystemClock, UuidV7Ids
from meta_inbox.domain.model.event import EventType, LoggedEvent
from meta_inbox.domain.model.ids import MetaMessageId, TenantId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.oauth_state import digest
from meta_inbox.domain.model.secret import Secret
from tests.contracts.backstage import Stores, WaitingItem


@asynccontextmanager
async def memory_stores() -> AsyncGenerator[Stores]:
    """Empty ones on the machine's own clock, as any database has it."""
    yield stores_in(InMemoryStore(clock=SystemClock(), ids=UuidV7Ids()))


def stores_in(store: InMemoryStore) -> Stores:
    """The adapters on that store."""
    return Stores(
        states=InMemoryOAuthStates(store),
        accounts=InMemoryAccounts(store),
        account_care=InMemoryAccountCare(store),
        account_pictures=InMemoryAccountPictures(store),
        journal=InMemoryJournal(store),
        conversations=InMemoryConversations(store),
        outbox=InMemoryOutbox(store),
        outcomes=InMemoryOutcomes(store),
        media=InMemoryMedia(store),
        uploads=InMemoryUploads(store),
        histories=InMemoryHistories(store),
        deletions=InMemoryDeletions(store),
        events=InMemoryEventLog(store),
        live_tickets=InMemoryLiveTickets(store),
        consumers=InMemoryConsumers(store),
        dead_letters=InMemoryDeadLetters(store),
        canned_replies=InMemoryCannedReplies(store),
        endpoints=InMemoryWebhookEndpoints(store),
        deliveries=InMemoryWebhookDeliveries(store),
        queue=InMemoryWebhookQueue(store),
        clock=store.clock,
        ids=store.ids,
        backstage=MemoryBackstage(store),
    )


@dataclass(frozen=True, slots=True)
class MemoryBackstage:
    """Reaches into the store."""

    store: InMemoryStore
    heard: list[str] = field(default_factory=list[str])

    async def age_ticket(self, ticket: Secret, by: timedelta) -> None:
        """As if the ticket had been given out that much earlier."""
        self.store.tickets[digest(ticket)].expires_at -= by

    async def age_state(self, state: Secret, by: timedelta) -> None:
        """As if the ticket had been exchanged for the state that much earlier."""
        self.store.states[digest(state)].expires_at -= by

    async def age_live_tickets(self, by: timedelta) -> None:
        """As if every ticket for a live connection had been given out that much earlier."""
        for key, (lets_in, expires_at) in self.store.live_tickets.items():
            self.store.live_tickets[key] = (lets_in, expires_at - by)

    async def age_completion(self, completion: Secret, by: timedelta) -> None:
        """As if the completion had been given out that much earlier."""
        self.store.completions[digest(completion)].expires_at -= by

    async def age_message(self, message: Message, by: timedelta) -> None:
        """As if all about it and its sending had happened earlier."""
        key = (message.tenant_id, message.id)
        present = self.store.messages[key]
        self.store.messages[key] = replace(
            present,
            created_at=present.created_at - by,
            next_attempt_at=_earlier(present.next_attempt_at, by),
            attempted_at=_earlier(present.attempted_at, by),
        )
        row = self.store.outbox.get(key)
        if row is not None:
            row.due_at -= by
            row.began_at, row.lease_until = _earlier(row.began_at, by), _earlier(row.lease_until, by)
            row.look_at, row.looks_end_at = _earlier(row.look_at, by), _earlier(row.looks_end_at, by)
            row.ended_at = _earlier(row.ended_at, by)
            row.window_asked_at = _earlier(row.window_asked_at, by)

    async def age_pauses(self, by: timedelta) -> None:
        """As if every account had been paused, and had tried again, that much earlier."""
        for account, pause in self.store.pauses.items():
            self.store.pauses[account] = replace(
                pause, resume_at=pause.resume_at - by, next_call_at=_earlier(pause.next_call_at, by)
            )

    async def woken(self) -> set[str]:
        """What workers were told of since this was last asked."""
        woken, heard = set(self.heard), self.heard
        heard.clear()
        self.store.wake = heard.append
        return woken

    async def age_key(self, tenant: TenantId, key: str, by: timedelta) -> None:
        """As if the idempotency key had been used that much earlier."""
        self.store.keys[tenant, key].created_at -= by

    async def age_items(self, by: timedelta) -> None:
        """As if every waiting item had come, been claimed and been tried that much earlier."""
        for row in self.store.items.values():
            row.received_at -= by
            row.due_at -= by
            row.lease_until = row.lease_until - by if row.lease_until is not None else None

    async def age_tries(self, by: timedelta) -> None:
        """The same for tries and claims of subscriptions, unsubscriptions, profiles, pictures and care."""
        for account in self.store.accounts.values():
            if account.subscription_due_at is not None:
                account.subscription_due_at -= by
            account.picture_due_at -= by
            account.care_due_at -= by
        for unsubscription in self.store.unsubscriptions.values():
            unsubscription.due_at -= by
        for contact in self.store.contacts.values():
            contact.profile_due_at -= by

    async def age_profiles(self, by: timedelta) -> None:
        """As if every profile had been fetched, and every picture been told, that much earlier."""
        for contact in self.store.contacts.values():
            contact.fetched_at = contact.fetched_at - by if contact.fetched_at is not None else None
        for account in self.store.accounts.values():
            account.picture_fetched_at = _earlier(account.picture_fetched_at, by)

    async def age_histories(self, by: timedelta) -> None:
        """As if every run of a history, its lease and the last sign of life had been that much earlier."""
        self.store.heard_at = _earlier(self.store.heard_at, by)
        for row in self.store.histories.values():
            row.shown = replace(
                row.shown,
                started_at=_earlier(row.shown.started_at, by),
                finished_at=_earlier(row.shown.finished_at, by),
            )
            row.due_at -= by
            row.asked_at -= by
            row.lease_until = _earlier(row.lease_until, by)
            row.told_at = _earlier(row.told_at, by)
            row.complete_as_of = _earlier(row.complete_as_of, by)

    async def age_deletions(self, by: timedelta) -> None:
        """As if every deletion of a contact had been claimed and put off that much earlier."""
        for row in self.store.deletions.values():
            row.due_at, row.lease_until = _earlier(row.due_at, by), _earlier(row.lease_until, by)

    async def age_consumers(self, by: timedelta) -> None:
        """As if every log had been claimed and put off that much earlier."""
        for row in self.store.consumers.values():
            row.due_at -= by
            row.lease_until = _earlier(row.lease_until, by)

    async def age_webhooks(self, by: timedelta) -> None:
        """As if all about endpoints and deliveries had been that much earlier."""
        for owner in self.store.webhooks.endpoints.values():
            failing = _earlier(owner.endpoint.failing_since, by)
            owner.endpoint = replace(owner.endpoint, failing_since=failing)
            owner.former_until = _earlier(owner.former_until, by)
        for row in self.store.webhooks.deliveries.values():
            row.due_at -= by
            row.settled_at -= by
            row.lease_until = _earlier(row.lease_until, by)
            row.delivery = replace(
                row.delivery,
                due_at=_earlier(row.delivery.due_at, by),
                created_at=row.delivery.created_at - by,
            )

    async def age_media(self, by: timedelta) -> None:
        """As if every file had come, been claimed, been tried and been discarded that much earlier."""
        for row in self.store.media.rows.values():
            row.media = replace(row.media, created_at=row.media.created_at - by)
            row.due_at = row.due_at - by if row.due_at is not None else None
            row.lease_until = row.lease_until - by if row.lease_until is not None else None
        for key in self.store.media.discarded:
            self.store.media.discarded[key] -= by

    async def age_uploads(self, by: timedelta) -> None:
        """As if every file had been uploaded, and every copy been given to Meta, that much earlier."""
        media = self.store.media
        for key, upload in media.uploads.items():
            media.uploads[key] = replace(upload, created_at=upload.created_at - by)
        for place, (attachment, at) in media.copies.items():
            media.copies[place] = (attachment, at - by)

    async def purge(self, message: Message) -> None:
        """Forgets the message's files."""
        purge_media(self.store, message.tenant_id, message.id)

    async def events(self, tenant: TenantId) -> list[LoggedEvent]:
        """The tenant's log."""
        return list(self.store.events.get(tenant, []))

    async def forget_events(self, tenant: TenantId, up_to: int, since: int = 1) -> None:
        """As if these, the oldest of the tenant's log, were past the retention."""
        self.store.events[tenant] = [
            each for each in self.store.events[tenant] if not since <= each.seq <= up_to
        ]

    async def log_tomorrow(self, tenant: TenantId, since: int) -> None:
        """Nothing: memory has no days."""

    async def renew_kind(self, tenant: TenantId, seq: int) -> None:
        """As if a newer version, which knows more kinds, had logged this event and changed the endpoints."""
        for key, row in self.store.webhooks.deliveries.items():
            if (key[0], key[2]) == (tenant, seq):
                event = replace(row.delivery.event, type=EventType.ACCOUNT_UPDATED, account_id=None)
                row.delivery = replace(row.delivery, event=event)

    async def items(self) -> list[WaitingItem]:
        """Every item that is not projected."""
        rows = self.store.items.values()
        return [WaitingItem(state=row.state, reason=row.reason, index=row.index) for row in rows]

    async def unreadable(self) -> list[str]:
        """Why each body that is not understood is not."""
        return [row.problem for row in self.store.journal.values() if row.problem is not None]

    async def bodies(self) -> list[bytes]:
        """Every journalled body."""
        return [row.body for row in self.store.journal.values()]

    async def kept_of(self, message: Message) -> str:
        """All that is kept of it."""
        return repr(self.store.messages[message.tenant_id, message.id])

    async def key_of(self, tenant: TenantId, key: str) -> str:
        """All that is kept of the idempotency key in its row."""
        return repr(self.store.keys[tenant, key])

    async def count_messages(self, tenant: TenantId) -> int:
        """How many messages the tenant has."""
        return sum(owner == tenant for owner, _ in self.store.messages)

    async def break_projection(self, mid: MetaMessageId) -> None:
        """From now on, projecting a message with this id of Meta's fails."""
        self.store.broken.add(mid)

    async def mend_projection(self, mid: MetaMessageId) -> None:
        """It no longer fails."""
        self.store.broken.discard(mid)


def _earlier(at: datetime | None, by: timedelta) -> datetime | None:
    return None if at is None else at - by
