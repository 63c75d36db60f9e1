"""Items that wait: claimed with a lease and a fence, projected one by one, quarantined after five tries."""

import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import LiteralString

import psycopg
import structlog
from psycopg.rows import dict_row

from meta_inbox.adapters.persistence.database import Connection, Contention, Database
from meta_inbox.adapters.persistence.postgres_echoes import EchoWaits, project_echo
from meta_inbox.adapters.persistence.postgres_projection import (
    PROJECT,
    PROJECT_WITH_MEDIA,
    NewItem,
    brings_files,
    encoded,
)
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.ids import AccountId, MessageId, TenantId
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.projection import ECHO_STEP, PROJECTION_ATTEMPTS, echo_message
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.ports import Ids, PendingItem

_log = structlog.get_logger(__name__)

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
_MINE: LiteralString = """
    select journal_id::text as journal_id, created_at from meta_inbox.journal_items
    where id = %(id)s and fence = %(fence)s and state = 'pending' for update
"""
_DONE: LiteralString = "delete from meta_inbox.journal_items where id = %(id)s"
_PUT_BACK: LiteralString = """
    update meta_inbox.journal_items
    set state = %(state)s, reason = %(reason)s, due_at = now() + %(after)s, lease_until = null, fence = null,
        attempt = case when %(counts)s then attempt else attempt - 1 end
    where id = %(id)s and fence = %(fence)s
"""
_ROUTE: LiteralString = """
    select tenant_id, account_id::text as account_id from meta_inbox.account_routes
    where platform = %(platform)s and external_id = %(external_id)s and login = %(login)s
"""


class PendingProjection:
    """What the worker does with items that could not be projected when they came."""

    def __init__(self, db: Database, ids: Ids, media: MediaRules) -> None:
        self._db = db
        self._ids = ids
        self._media = media
        self._rerouted_at = -_REROUTE_EVERY

    async def claim_due(self, limit: int) -> Sequence[PendingItem]:
        """Claims due items for thirty seconds."""
        fence = str(uuid.uuid4())
        reroute = time.monotonic() - self._rerouted_at > _REROUTE_EVERY
        if reroute:
            self._rerouted_at = time.monotonic()

        async def work(connection: Connection) -> list[PendingItem]:
            if reroute:
                await connection.execute(_REROUTE)
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

        return await self._db.as_system(work)

    async def project(self, pending: PendingItem, item: WebhookItem | None) -> None:
        """Does what the item says, and forgets that it waited, in one transaction."""
        if item is None:
            await self._put_back(pending, "quarantined", "the reader no longer finds this item")
        elif item.problem is not None:
            await self._put_back(pending, "quarantined", item.problem)
        elif item.kind is ItemKind.OTHER:
            await self._put_back(pending, "kept", None)
        else:
            await self._try(pending, item)

    async def _try(self, pending: PendingItem, item: WebhookItem) -> None:
        try:
            await self._db.as_system(lambda connection: self._work(connection, pending, item))
        except _Unrouted:
            await self._put_back(pending, "unrouted", "no connected account has this id")
        except EchoWaits:
            await self._put_back(pending, "pending", None, after=ECHO_STEP, counts=False)
        except Contention:
            await self._put_back(pending, "pending", None, after=ECHO_STEP, counts=False)
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one item must cost only that item
            _log.warning("item_not_projected", item=pending.id, reason=type(error).__name__)
            final = pending.attempt >= PROJECTION_ATTEMPTS
            await self._put_back(
                pending,
                "quarantined" if final else "pending",
                _reason(error),
                after=timedelta(seconds=2**pending.attempt),
            )

    async def _work(self, connection: Connection, pending: PendingItem, item: WebhookItem) -> None:
        mine = connection.cursor(row_factory=dict_row)
        await mine.execute(_MINE, {"id": pending.id, "fence": pending.fence})
        row = await mine.fetchone()
        if row is None:
            return
        await connection.execute(_DONE, {"id": pending.id})
        if item.kind is ItemKind.TEST:
            return
        route = await self._route(connection, pending, item)
        if item.kind is ItemKind.MESSAGE:
            new = NewItem(row["journal_id"], pending.signed_by, pending.received_at, item)
            row_of = encoded(new, self._ids.new, self._media).decode()
            project = PROJECT_WITH_MEDIA if brings_files(item) else PROJECT
            await connection.execute(project, {"items": f"[{row_of}]"}, prepare=True)
            return
        message = echo_message(
            MessageId(self._ids.new()), *route, item, pending.received_at, new_id=self._ids.new
        )
        await project_echo(connection, message, item, pending, self._media)

    @staticmethod
    async def _route(
        connection: Connection, pending: PendingItem, item: WebhookItem
    ) -> tuple[TenantId, AccountId]:
        """Whose it is. Without an owner it stays where it is, with the day of its body."""
        found = await connection.execute(
            _ROUTE,
            {
                "platform": item.platform.value,
                "external_id": item.external_id,
                "login": pending.signed_by.value,
            },
        )
        route = await found.fetchone()
        if route is None:
            raise _Unrouted
        return TenantId(route[0]), AccountId(route[1])

    async def _put_back(
        self,
        pending: PendingItem,
        state: str,
        reason: str | None,
        *,
        after: timedelta = timedelta(),
        counts: bool = True,
    ) -> None:
        async def work(connection: Connection) -> None:
            await connection.execute(
                _PUT_BACK,
                {
                    "id": pending.id,
                    "fence": pending.fence,
                    "state": state,
                    "reason": reason,
                    "after": after,
                    "counts": counts,
                },
            )

        await self._db.as_system(work)


class _Unrouted(Exception):
    """The item's account is connected by nobody."""


def _reason(error: Exception) -> str:
    said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return f"{type(error).__name__}: {said or 'it could not be projected'}"
