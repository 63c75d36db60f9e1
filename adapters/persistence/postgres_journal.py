"""The journal on Postgres: raw bodies and what they did, in one transaction shared by many callers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import psycopg
import structlog

from meta_inbox.adapters.persistence.committer import Committer, Limits
from meta_inbox.adapters.persistence.database import Connection, Contention, Database
from meta_inbox.adapters.persistence.postgres_pending import PendingProjection
from meta_inbox.adapters.persistence.postgres_projection import PROJECT_BATCH, NewItem, parameter
from meta_inbox.adapters.persistence.round_trip import Statement, byteas, texts
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.webhook import Delivery, ItemKind, WebhookItem
from meta_inbox.domain.ports import Ids, PendingItem, Wakeups

_log = structlog.get_logger(__name__)

_KEEP = Statement(
    b"meta_inbox_keep",
    """insert into meta_inbox.journal (id, signed_by, object, body, problem)
       select id::uuid, signed_by, object, body, problem
       from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[])
         as j (id, signed_by, object, body, problem)""",
)
_KEEP_ITEMS = Statement(
    b"meta_inbox_keep_items",
    """insert into meta_inbox.journal_items
         (id, journal_id, item, signed_by, platform, external_id, contact_id, event, state, reason)
       select id, journal_id, item, signed_by, platform, external_id, contact_id, event, state, reason
       from json_to_recordset($1::json) as i (
         id uuid, journal_id uuid, item int, signed_by text, platform text, external_id text,
         contact_id text, event text, state text, reason text)""",
)
_WAKE = Statement(b"meta_inbox_wake", "select pg_notify('meta_inbox', 'journal')")
_FOREVER = 36_500
"""Days: partitions are made here, and dropped by the job that knows the retention."""
_NO_PARTITION = "no partition of relation"


@dataclass(slots=True)
class _Batch:
    """A batch of deliveries, taken apart by what is to be done with each item."""

    ids: list[str] = field(default_factory=list[str])
    signers: list[str] = field(default_factory=list[str])
    objects: list[str | None] = field(default_factory=list["str | None"])
    bodies: list[bytes] = field(default_factory=list[bytes])
    problems: list[str | None] = field(default_factory=list["str | None"])
    messages: list[NewItem] = field(default_factory=list[NewItem])
    kept: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    pending: int = 0


class PostgresJournal:
    """Keeps every signed body, and projects new messages in the same transaction."""

    def __init__(self, db: Database, ids: Ids, wakeups: Wakeups, *, limits: Limits | None = None) -> None:
        self._db = db
        self._ids = ids
        self._wakeups = wakeups
        self._committer: Committer[Delivery] = Committer(self._commit, limits)
        self._pending = PendingProjection(db, ids)

    async def append(self, delivery: Delivery) -> None:
        """Returns once the body, and where possible what it says, is committed."""
        await self._committer.put(delivery, len(delivery.body))

    async def close(self, seconds: float = 3.0) -> None:
        """Lets what waits be committed."""
        await self._committer.close(seconds)

    async def claim_due(self, limit: int) -> Sequence[PendingItem]:
        """Claims items that wait for their projection."""
        return await self._pending.claim_due(limit)

    async def project(self, pending: PendingItem, item: WebhookItem | None) -> None:
        """Does what one item says, under the fence of its claim."""
        await self._pending.project(pending, item)

    async def keep_partitions(self, journal_days: int, event_days: int) -> None:
        """Makes the coming days' partitions and drops those past the retention."""

        async def work(connection: Connection) -> None:
            await connection.execute("select meta_inbox.keep_partitions(%s, %s)", (journal_days, event_days))

        await self._db.as_system(work)

    async def _commit(self, deliveries: Sequence[Delivery]) -> None:
        batch = self._sorted(deliveries)
        try:
            await self._store(batch)
        except (Contention, psycopg.Error) as error:
            if _NO_PARTITION in str(error):
                await self.keep_partitions(_FOREVER, _FOREVER)
            _log.warning("projection_postponed", reason=type(error).__name__, webhooks=len(deliveries))
            batch = self._sorted(deliveries, journal_alone=True)
            await self._store_alone(batch)
        if batch.pending:
            self._wakeups.wake("journal")

    async def _store_alone(self, batch: _Batch) -> None:
        try:
            await self._store(batch)
        except psycopg.Error as error:
            raise StorageUnavailable("the webhook could not be stored") from error

    async def _store(self, batch: _Batch) -> None:
        calls = [
            _KEEP.with_values(
                texts(batch.ids),
                texts(batch.signers),
                texts(batch.objects),
                byteas(batch.bodies),
                texts(batch.problems),
            )
        ]
        if batch.kept:
            calls.append(_KEEP_ITEMS.with_values(msgspec.json.encode(batch.kept).decode()))
        if batch.pending:
            calls.append(_WAKE.with_values())
        if batch.messages:
            calls.append(PROJECT_BATCH.with_values(parameter(batch.messages, self._ids.new)))
        await self._db.at_once(calls)

    def _sorted(self, deliveries: Sequence[Delivery], *, journal_alone: bool = False) -> _Batch:
        batch = _Batch()
        for delivery in deliveries:
            journal_id = self._ids.new()
            batch.ids.append(journal_id)
            batch.signers.append(delivery.signed_by.value)
            batch.objects.append(delivery.reading.object)
            batch.bodies.append(delivery.body)
            batch.problems.append(delivery.reading.problem)
            self._sort_items(batch, journal_id, delivery, journal_alone=journal_alone)
        return batch

    def _sort_items(self, batch: _Batch, journal_id: str, delivery: Delivery, *, journal_alone: bool) -> None:
        for item in delivery.reading.items:
            if item.kind is ItemKind.TEST:
                continue
            if item.kind is ItemKind.MESSAGE and item.problem is None and not journal_alone:
                batch.messages.append(NewItem(journal_id, delivery.signed_by, delivery.received_at, item))
                continue
            kept = self._kept(journal_id, delivery.signed_by, item)
            batch.kept.append(kept)
            batch.pending += kept["state"] == "pending"

    def _kept(self, journal_id: str, signed_by: Login, item: WebhookItem) -> dict[str, Any]:
        state = "pending"
        if item.problem is not None:
            state = "quarantined"
        elif item.kind is ItemKind.OTHER:
            state = "kept"
        return {
            "id": self._ids.new(),
            "journal_id": journal_id,
            "item": item.index,
            "signed_by": signed_by.value,
            "platform": item.platform.value,
            "external_id": item.external_id,
            "contact_id": item.contact_id,
            "event": item.event,
            "state": state,
            "reason": item.problem,
        }
