"""The journal in memory: bodies as they came, and the items that wait, each with its lease and fence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_projection import (
    Awaits,
    EchoWaits,
    InMemoryProjection,
    Unrouted,
)
from meta_inbox.adapters.persistence.in_memory_rows import ItemRow, ItemState, JournalRow, RedactionRow
from meta_inbox.domain.model.projection import ECHO_STEP, PROJECTION_ATTEMPTS, clamped
from meta_inbox.domain.model.sending import LEASE, backoff
from meta_inbox.domain.model.webhook import Delivery, ItemKind, WebhookItem
from meta_inbox.domain.ports import PendingItem, Redaction

_META_REPEATS = timedelta(hours=37)
_UNROUTED = "no connected account has this id"
_GONE = "the reader no longer finds this item"


@dataclass(frozen=True, slots=True)
class InMemoryJournal:
    """Keeps every body, and projects what it says at once where that can be done."""

    store: InMemoryStore

    async def append(self, delivery: Delivery) -> None:
        """Keeps the body and does what it says; what fails leaves all items of the body waiting."""
        journal_id = self.store.ids.new()
        self.store.journal[journal_id] = JournalRow(
            body=delivery.body,
            signed_by=delivery.signed_by,
            received_at=delivery.received_at,
            problem=delivery.reading.problem,
        )
        broken = any(item.meta_message_id in self.store.broken for item in delivery.reading.items)
        for item in delivery.reading.items:
            row = self._row(journal_id, delivery, item)
            if item.kind is ItemKind.TEST:
                continue
            self.store.items[row.id] = row
            if not broken or item.problem is not None:
                self._do(row, item)
        self._do_what_waited()

    def _row(self, journal_id: str, delivery: Delivery, item: WebhookItem) -> ItemRow:
        return ItemRow(
            id=self.store.ids.new(),
            journal_id=journal_id,
            index=item.index,
            signed_by=delivery.signed_by,
            platform=item.platform,
            external_id=item.external_id,
            received_at=delivery.received_at,
            item=item,
            state="pending",
            reason=None,
            due_at=self.store.clock.now(),
        )

    async def claim_due(self, limit: int) -> Sequence[PendingItem]:
        """Claims items that wait, in order of arrival."""
        self._do_what_waited()
        now = self.store.clock.now()
        due = [
            row
            for row in self.store.items.values()
            if row.state == "pending"
            and row.due_at <= now
            and (row.lease_until is None or row.lease_until <= now)
        ]
        return [self._claim(row) for row in sorted(due, key=lambda row: row.id)[:limit]]

    def _claim(self, row: ItemRow) -> PendingItem:
        row.attempt += 1
        row.fence = self.store.ids.new()
        row.lease_until = self.store.clock.now() + LEASE
        body = self.store.journal[row.journal_id]
        return PendingItem(
            id=row.id,
            body=body.body,
            signed_by=row.signed_by,
            index=row.index,
            received_at=row.received_at,
            attempt=row.attempt,
            fence=row.fence,
        )

    async def project(self, claimed: Sequence[tuple[PendingItem, WebhookItem | None]]) -> None:
        """Does what the items say, each exactly once; a stale fence changes nothing."""
        for pending, item in claimed:
            row = self.store.items.get(pending.id)
            if row is None or row.fence != pending.fence or row.state != "pending":
                continue
            row.lease_until = row.fence = None
            if item is None:
                self._put_aside(row, "quarantined", _GONE)
            else:
                self._do(row, item)
        self._do_what_waited()

    def _do_what_waited(self) -> None:
        """What came before its message or its conversation has its turn once that is there."""
        while due := [row for row in self.store.items.values() if self._has_come(row)]:
            for row in due:
                row.state, row.awaits = "pending", None
                self._do(row, row.item)

    def _has_come(self, row: ItemRow) -> bool:
        owner = self.store.routes.get((row.platform, row.external_id))
        if row.state != "waiting" or owner is None:
            return False
        if row.awaits is not None:
            return self.store.known(*owner, row.awaits) is not None
        return row.item.contact_id is not None and (*owner, row.item.contact_id) in self.store.threads

    def _do(self, row: ItemRow, item: WebhookItem) -> None:
        """Projects the item, or says on its row why not."""
        if item.problem is not None:
            self._put_aside(row, "quarantined", item.problem)
            return
        if item.kind is ItemKind.OTHER:
            self._put_aside(row, "kept", None)
            return
        try:
            self._refuse_broken(item)
            InMemoryProjection(self.store, item, row).project()
        except Unrouted:
            self._put_aside(row, "unrouted", _UNROUTED)
        except Awaits as missing:
            owner, at = (
                self.store.routes[row.platform, row.external_id],
                clamped(item.sent_at, row.received_at),
            )
            if self.store.went_with_its_contact(owner, item, at, missing.message):
                del self.store.items[row.id]
                return
            row.state, row.awaits, row.attempt = "waiting", missing.message, max(row.attempt - 1, 0)
        except EchoWaits:
            row.attempt = max(row.attempt - 1, 0)
            row.due_at = self.store.clock.now() + ECHO_STEP
        except ValueError as error:
            self._try_again(row, str(error))
        else:
            del self.store.items[row.id]

    def _refuse_broken(self, item: WebhookItem) -> None:
        if item.meta_message_id in self.store.broken:
            raise ValueError("this message was declared broken")

    def _try_again(self, row: ItemRow, reason: str) -> None:
        if row.attempt >= PROJECTION_ATTEMPTS:
            self._put_aside(row, "quarantined", reason)
        else:
            row.reason = reason
            row.due_at = self.store.clock.now() + backoff(row.attempt)

    @staticmethod
    def _put_aside(row: ItemRow, state: ItemState, reason: str | None) -> None:
        row.state, row.reason = state, reason

    async def redact(self, without: Redaction) -> int:
        """Rewrites the bodies that hold what was taken back."""
        now = self.store.clock.now()
        due = [key for key, row in self.store.redactions.items() if row.due_at <= now]
        ids = frozenset(mid for _, _, mid in due)
        for row in self.store.journal.values() if due else ():
            row.body = without(row.body, ids) or row.body
        for key in due:
            if self.store.redactions[key].passed:
                del self.store.redactions[key]
            else:
                self.store.redactions[key] = RedactionRow(due_at=now + _META_REPEATS, passed=True)
        return len(due)

    async def keep_partitions(self, journal_days: int, event_days: int) -> None:
        """Drops what is past the retention; there are no partitions to make."""
        now = self.store.clock.now()
        self.store.forget_expired()
        self.store.journal = {
            key: row
            for key, row in self.store.journal.items()
            if row.received_at >= now - timedelta(days=journal_days)
        }
        self.store.items = {
            key: row for key, row in self.store.items.items() if row.journal_id in self.store.journal
        }
        for tenant, events in self.store.events.items():
            self.store.events[tenant] = [
                each for each in events if each.at >= now - timedelta(days=event_days)
            ]
