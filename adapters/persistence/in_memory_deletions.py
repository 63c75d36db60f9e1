"""Contacts deleted in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from meta_inbox.adapters.persistence.in_memory import DeletionKey, InMemoryStore
from meta_inbox.adapters.persistence.in_memory_rows import DeletionRow
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.deletion import (
    ANSWERED,
    LEASE,
    ONCE_MORE,
    DeletionClaim,
    Forgotten,
    digest_of,
    gone_as,
    person_of,
)
from meta_inbox.domain.model.event import EventType, LoggedEvent
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, TenantId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.ports import Forgetting


@dataclass(frozen=True, slots=True)
class InMemoryDeletions:
    """Claimed with a lease and a fence."""

    store: InMemoryStore

    async def begin(self, tenant: TenantId, account: AccountId, contact: ContactId) -> None:
        """Takes the contact out of the lists and their answers out of the outbox, and tells it. NotFound."""
        if (tenant, account) not in self.store.accounts:
            raise NotFound("no such account")
        person, now = person_of(contact), self.store.clock.now()
        comments = ContactId(f"{COMMENTS}{person}")
        public = self.store.messages_of((tenant, account, comments))
        for key in ((tenant, account, person), (tenant, account, comments)):
            self.store.threads.pop(key, None)
            self.store.contacts.pop(key, None)
            for message in self.store.messages_of(key):
                if message.status is not MessageStatus.SENDING:
                    self.store.outbox.pop((tenant, message.id), None)
        place = (tenant, account, digest_of(account, person))
        row = self.store.deletions.setdefault(place, DeletionRow(id=self.store.ids.new(), deleted_at=now))
        row.deleted_at = now
        row.begin(person, now, (each.meta_message_id for each in public if each.meta_message_id is not None))
        self.store.log(EventType.CONTACT_DELETED, tenant, account, message=MessageId(row.id))
        self.store.wake("deletions")

    async def claim_due(self, limit: int) -> Sequence[DeletionClaim]:
        """Claims deletions for half a minute."""
        now = self.store.clock.now()
        due = [
            (key, row)
            for key, row in self.store.deletions.items()
            if row.due_at is not None
            and row.due_at <= now
            and (row.lease_until is None or row.lease_until < now)
        ]
        return [self._claim(key, row) for key, row in due[:limit]]

    def _claim(self, key: DeletionKey, row: DeletionRow) -> DeletionClaim:
        tenant, account, _ = key
        row.fence, row.lease_until = self.store.ids.new(), self.store.clock.now() + LEASE
        return DeletionClaim(
            tenant_id=tenant,
            account_id=account,
            whom=Forgotten(
                external_id=self.store.accounts[tenant, account].account.external_id,
                contact_id=row.contact_id or ContactId(""),
                messages=row.message_ids,
                until=row.deleted_at,
            ),
            fence=row.fence,
        )

    async def redact(self, claims: Sequence[DeletionClaim], without: Forgetting) -> None:
        """Rewrites the bodies in the journal that hold something of these contacts."""
        for row in self.store.journal.values():
            for claim in claims:
                row.body = without(row.body, claim.whom) or row.body

    async def clear(self, claim: DeletionClaim) -> bool:
        """Deletes the contact's messages with all that belongs to them, and what names them."""
        keys = [(claim.tenant_id, claim.account_id, contact) for contact in claim.contacts]
        gone = [
            message
            for key in keys
            for message in self.store.messages_of(key)
            if message.ordered_at <= claim.whom.until
        ]
        self._forget_uploads(claim.tenant_id, gone)
        for message in gone:
            self.store.redactions = {
                key: row for key, row in self.store.redactions.items() if key[2] != message.meta_message_id
            }
            self.store.forget(message)
        self._sweep(claim)
        return False

    def _forget_uploads(self, tenant: TenantId, gone: Sequence[Message]) -> None:
        media, ids = self.store.media, {message.id for message in gone}
        blobs = {row.media.blob for key, row in media.rows.items() if row.media.message_id in ids}
        others = {row.media.blob for row in media.rows.values() if row.media.message_id not in ids}
        for key, upload in list(media.uploads.items()):
            if key[0] == tenant and upload.blob in blobs - others:
                media.discarded[tenant, media.uploads.pop(key).blob] = self.store.clock.now()
                media.ready.discard(key)

    def _sweep(self, claim: DeletionClaim) -> None:
        """Events keep their numbers, and name nothing any more."""
        store, tenant = self.store, claim.tenant_id
        store.events[tenant] = [self._blank(claim, event) for event in store.events.get(tenant, [])]
        for (owner, *_), row in store.webhooks.deliveries.items():
            if owner == tenant:
                row.delivery = replace(row.delivery, event=self._blank(claim, row.delivery.event))
        store.dead_letters = {
            key: row
            for key, row in store.dead_letters.items()
            if key[0] != tenant or self._blank(claim, row.letter.event) is row.letter.event
        }
        store.keys = {
            key: row
            for key, row in store.keys.items()
            if key[0] != tenant
            or row.message_id is None
            or (tenant, row.message_id) in store.messages
            or row.created_at > store.clock.now() - ANSWERED
        }
        store.items = {
            key: row
            for key, row in store.items.items()
            if row.external_id != claim.whom.external_id
            or row.received_at > claim.whom.until
            or (row.item.contact_id not in claim.contacts and row.awaits not in claim.whom.messages)
        }

    def _blank(self, claim: DeletionClaim, event: LoggedEvent) -> LoggedEvent:
        if event.account_id != claim.account_id or event.contact_id not in claim.contacts:
            return event
        key = (claim.tenant_id, claim.account_id, event.contact_id)
        there = (
            key in self.store.threads
            if event.message_id is None
            else (claim.tenant_id, event.message_id) in self.store.messages
        )
        if there and event.at > claim.whom.until:
            return event
        return replace(event, contact_id=None, message_id=None)

    async def settle(self, claim: DeletionClaim) -> bool:
        """To be gone over once more, or done; False when the fence is stale."""
        place = (claim.tenant_id, claim.account_id, digest_of(claim.account_id, claim.whom.contact_id))
        row = self.store.deletions[place]
        if row.fence != claim.fence:
            return False
        row.lease_until = row.fence = None
        row.passes += 1
        if row.passes == 1:
            row.due_at = self.store.clock.now() + ONCE_MORE
        else:
            row.gone |= {gone_as(claim.account_id, each) for each in row.message_ids}
            row.due_at, row.contact_id, row.message_ids = None, None, frozenset()
        return True
