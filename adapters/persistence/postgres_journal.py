"""The journal on Postgres: raw bodies and what they did, in one transaction shared by many callers."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import psycopg

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.adapters.persistence.committer import Committer, Limits
from meta_inbox.adapters.persistence.database import Connection, Contention, Database
from meta_inbox.adapters.persistence.postgres_pending import PendingProjection
from meta_inbox.adapters.persistence.postgres_projection import (
    PROJECT_BATCH,
    PROJECT_BATCH_WITH_MEDIA,
    NewItem,
    brings_files,
    encoded,
)
from meta_inbox.adapters.persistence.postgres_redactions import Redactions
from meta_inbox.adapters.persistence.round_trip import Statement, byteas, texts
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.webhook import Delivery, ItemKind, WebhookItem
from meta_inbox.domain.ports import Ids, PendingItem, Redaction, Wakeups

_log = log_named(__name__)

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
_WAKE_MEDIA = Statement(b"meta_inbox_wake_media", "select pg_notify('meta_inbox', 'media')")
_FOREVER = 36_500
"""Days: partitions are made here, and dropped by the job that knows the retention."""


@dataclass(slots=True)
class _Entry:
    """One body, made ready while the batch before it is committed; not frozen, as one is made for each."""

    delivery: Delivery
    journal_id: str
    messages: list[bytes]
    kept: list[bytes]
    pending: bool
    files: bool = False


class PostgresJournal:
    """Keeps every signed body, and projects new messages in the same transaction."""

    def __init__(
        self,
        db: Database,
        ids: Ids,
        wakeups: Wakeups,
        *,
        limits: Limits | None = None,
        media: MediaRules | None = None,
    ) -> None:
        self._db = db
        self._ids = ids
        self._wakeups = wakeups
        self._committer: Committer[_Entry] = Committer(self._commit, limits)
        self._media = media or MediaRules()
        self._pending = PendingProjection(db, ids, self._media)
        self._redactions = Redactions(db)

    def append(self, delivery: Delivery) -> Awaitable[None]:
        """Done once the body, and where possible what it says, is committed."""
        return self._committer.put(self._entry(delivery), len(delivery.body))

    async def close(self, seconds: float = 3.0) -> None:
        """Lets what waits be committed."""
        await self._committer.close(seconds)

    async def claim_due(self, limit: int) -> Sequence[PendingItem]:
        """Claims items that wait for their projection."""
        return await self._pending.claim_due(limit)

    async def project(self, claimed: Sequence[tuple[PendingItem, WebhookItem | None]]) -> None:
        """Does what the items say, each under the fence of its claim."""
        await self._pending.project(claimed)

    async def redact(self, without: Redaction) -> int:
        """Rewrites the bodies that hold what was taken back."""
        return await self._redactions.redact(without)

    async def keep_partitions(self, journal_days: int, event_days: int) -> None:
        """Makes the coming days' partitions and drops those past the retention."""

        async def work(connection: Connection) -> None:
            await connection.execute("select meta_inbox.keep_partitions(%s, %s)", (journal_days, event_days))

        await self._db.as_system(work)

    async def _commit(self, entries: Sequence[_Entry]) -> None:
        try:
            await self._store(entries)
        except (Contention, psycopg.Error) as error:
            if isinstance(error, psycopg.errors.CheckViolation):  # the day has no partition yet
                await self.keep_partitions(_FOREVER, _FOREVER)
            _log.warning("projection_postponed", reason=type(error).__name__, webhooks=len(entries))
            entries = [self._entry(entry.delivery, journal_alone=True) for entry in entries]
            await self._store_alone(entries)
        if any(entry.pending for entry in entries):
            self._wakeups.wake("journal")
        if any(entry.files for entry in entries):
            self._wakeups.wake("media")

    async def _store_alone(self, entries: Sequence[_Entry]) -> None:
        try:
            await self._store(entries)
        except psycopg.Error as error:
            raise StorageUnavailable("the webhook could not be stored") from error

    async def _store(self, entries: Sequence[_Entry]) -> None:
        deliveries = [entry.delivery for entry in entries]
        calls = [
            _KEEP.with_values(
                texts([entry.journal_id for entry in entries]),
                texts([delivery.signed_by.value for delivery in deliveries]),
                texts([delivery.reading.object for delivery in deliveries]),
                byteas([delivery.body for delivery in deliveries]),
                texts([delivery.reading.problem for delivery in deliveries]),
            )
        ]
        if kept := [row for entry in entries for row in entry.kept]:
            calls.append(_KEEP_ITEMS.with_values(_list(kept)))
        if any(entry.pending for entry in entries):
            calls.append(_WAKE.with_values())
        if messages := [row for entry in entries for row in entry.messages]:
            files = any(entry.files for entry in entries)
            if files:
                calls.append(_WAKE_MEDIA.with_values())
            calls.append((PROJECT_BATCH_WITH_MEDIA if files else PROJECT_BATCH).with_values(_list(messages)))
        await self._db.at_once(calls, tells=bool(messages))

    def _entry(self, delivery: Delivery, *, journal_alone: bool = False) -> _Entry:
        entry = _Entry(delivery, self._ids.new(), [], [], pending=False)
        for item in delivery.reading.items:
            if item.kind is ItemKind.TEST:
                continue
            if not journal_alone and item.is_common:
                new = NewItem(entry.journal_id, delivery.signed_by, delivery.received_at, item)
                entry.messages.append(encoded(new, self._ids.new, self._media))
                entry.files = entry.files or brings_files(item)
                continue
            kept = self._kept(entry.journal_id, delivery.signed_by, item)
            entry.kept.append(msgspec.json.encode(kept))
            entry.pending = entry.pending or kept["state"] == "pending"
        return entry

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


def _list(rows: Sequence[bytes]) -> bytes:
    """A ``json`` array, whose binary format is its text."""
    return b"[" + b",".join(rows) + b"]"
