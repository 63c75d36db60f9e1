"""Items that wait: claimed with a lease and a fence, projected some at once, quarantined after five tries."""

import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import LiteralString

import psycopg

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.adapters.persistence.database import Connection, Contention, Database
from meta_inbox.adapters.persistence.postgres_items import ItemProjection, Verdict, put_back
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.projection import ECHO_STEP, PROJECTION_ATTEMPTS
from meta_inbox.domain.model.webhook import WebhookItem
from meta_inbox.domain.ports import Ids, PendingItem

_log = log_named(__name__)

# One conversation is projected by one worker at a time, in order of arrival.
_CLAIM: LiteralString = """
    with due as (
      select i.id from meta_inbox.journal_items i
      where i.state = 'pending' and i.due_at <= now() and (i.lease_until is null or i.lease_until < now())
      order by i.due_at, i.id limit %(limit)s
      for update of i skip locked
    ), mine as (
      update meta_inbox.journal_items i
      set lease_until = now() + interval '30 s', fence = %(fence)s, attempt = attempt + 1
      from due where i.id = due.id
      returning i.*
    )
    select mine.id::text, j.body, mine.signed_by, mine.item, j.received_at, mine.attempt, mine.fence::text
    from mine join meta_inbox.journal j on j.day = mine.day and j.id = mine.journal_id
    order by mine.id
"""
# What came while its account was being connected may have been stored just after connecting looked.
_REROUTE: LiteralString = """
    update meta_inbox.journal_items i set state = 'pending', reason = null, due_at = now()
    from meta_inbox.account_routes r
    where i.state = 'unrouted' and i.created_at > now() - interval '24 h'
      and r.platform = i.platform and r.external_id = i.external_id and r.login = i.signed_by
"""
_REROUTE_EVERY = 10.0
# What came before its message, or before its conversation, has its turn once that is there. Those of the
# last minutes are looked at often, the others now and then.
_ARRIVED: LiteralString = """
    with come as materialized (
      select i.id from meta_inbox.journal_items i
      join meta_inbox.account_routes r
        on r.platform = i.platform and r.external_id = i.external_id and r.login = i.signed_by
      cross join lateral (
        (select from meta_inbox.messages m
         where i.awaits is not null and m.tenant_id = r.tenant_id and m.account_id = r.account_id
           and m.meta_message_id = i.awaits limit 1)
        union all
        (select from meta_inbox.conversations c
         where i.awaits is null and c.tenant_id = r.tenant_id and c.account_id = r.account_id
           and c.contact_id = i.contact_id limit 1)) found
      where i.state = 'waiting' and i.created_at > now() - %(since)s
    )
    update meta_inbox.journal_items i set state = 'pending', awaits = null, due_at = now()
    from come where i.id = come.id and i.state = 'waiting'
"""
_SOON, _LATER = timedelta(minutes=2), timedelta(days=3650)
_AT_ONCE = 20
_SHARE = 4
"""For how many times as long as looking took there is no more looking while there is other work."""


class PendingProjection:
    """What the worker does with items that could not be projected when they came."""

    def __init__(self, db: Database, ids: Ids, media: MediaRules) -> None:
        self._db = db
        self._items = ItemProjection(ids, media)
        self._rerouted_at = -_REROUTE_EVERY
        self._look_at = 0.0

    async def claim_due(self, limit: int) -> Sequence[PendingItem]:
        """Claims due items for thirty seconds.

        Looking for what can go on has its share of the time, not more; but before there is nothing to do.
        """
        looks = time.monotonic() >= self._look_at
        found = await self._claim(limit, looks=looks)
        return found if found or looks else await self._claim(limit, looks=True)

    async def _claim(self, limit: int, *, looks: bool) -> Sequence[PendingItem]:
        fence, began = str(uuid.uuid4()), time.monotonic()
        reroute = looks and began - self._rerouted_at > _REROUTE_EVERY
        if reroute:
            self._rerouted_at = began

        async def work(connection: Connection) -> list[PendingItem]:
            if reroute:
                await connection.execute(_REROUTE)
            if looks:
                await connection.execute(_ARRIVED, {"since": _LATER if reroute else _SOON})
            found = await connection.execute(_CLAIM, {"limit": limit, "fence": fence})
            return [
                PendingItem(
                    id=row[0],
                    body=row[1],
                    signed_by=Login(row[2]),
                    index=row[3],
                    received_at=row[4],
                    attempt=row[5],
                    fence=row[6],
                )
                for row in await found.fetchall()
            ]

        found = await self._db.as_system(work)
        if looks:
            ended = time.monotonic()
            self._look_at = ended + _SHARE * (ended - began)
        return found

    async def project(self, claimed: Sequence[tuple[PendingItem, WebhookItem | None]]) -> None:
        """Does what the items say and forgets that they waited; one that fails costs only itself.

        Messages come first: what is about them may be among the rest.
        """
        fresh = [pair for pair in claimed if pair[0].attempt <= 1]
        common = [pair for pair in fresh if pair[1] is not None and pair[1].is_common]
        rest = [pair for pair in fresh if pair[1] is None or not pair[1].is_common]
        for group in (common, sorted(rest, key=_place)):
            for start in range(0, len(group), _AT_ONCE):
                await self._do(group[start : start + _AT_ONCE])
        for pair in claimed:
            if pair[0].attempt > 1:  # it failed before, and would take others with it
                await self._do([pair])

    async def _do(self, group: Sequence[tuple[PendingItem, WebhookItem | None]]) -> None:
        """In one transaction, or if that fails in two halves: to a bad item it is a few steps."""
        try:
            await self._db.as_system(lambda connection: self._items.project(connection, group))
        except Exception as error:
            if isinstance(error, StorageUnavailable) and not isinstance(error, Contention):
                raise
            if len(group) == 1:
                await self._fails(group[0][0], error)
                return
            half = len(group) // 2
            await self._do(group[:half])
            await self._do(group[half:])

    async def _fails(self, pending: PendingItem, error: Exception) -> None:
        if isinstance(error, Contention):
            verdict = Verdict(state="pending", after=ECHO_STEP, counts=False)
        else:
            _log.warning("item_not_projected", item=pending.id, reason=type(error).__name__)
            final = pending.attempt >= PROJECTION_ATTEMPTS
            verdict = Verdict(
                state="quarantined" if final else "pending",
                reason=_reason(error),
                after=timedelta(seconds=2**pending.attempt),
            )
        await self._db.as_system(lambda connection: put_back(connection, pending, verdict))


def _place(pair: tuple[PendingItem, WebhookItem | None]) -> tuple[str, ...]:
    """Rows are locked in the order of keys as far as that goes, and otherwise things happen in turn."""
    pending, item = pair
    if item is None:
        return ("", "", pending.id)
    return (item.external_id, item.contact_id or "", pending.id)


def _reason(error: Exception) -> str:
    said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return f"{type(error).__name__}: {said or 'it could not be projected'}"
