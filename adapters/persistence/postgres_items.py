"""Waiting items in one transaction: each done and forgotten, or put back with what it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_changes import Awaits, Where, find, own, take_change
from meta_inbox.adapters.persistence.postgres_deleted_since import went_with_its_contact
from meta_inbox.adapters.persistence.postgres_echoes import EchoWaits, take_echo
from meta_inbox.adapters.persistence.postgres_events import Change, log_all
from meta_inbox.adapters.persistence.postgres_projection import (
    PROJECT,
    PROJECT_WITH_MEDIA,
    NewItem,
    brings_files,
    encoded,
)
from meta_inbox.adapters.persistence.postgres_written import add
from meta_inbox.domain.model.changes import OwnerChanged
from meta_inbox.domain.model.ids import AccountId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.media_rules import MediaRules, marked
from meta_inbox.domain.model.projection import ECHO_STEP, clamped, message_from
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.ports import Ids, PendingItem

_MINE: LiteralString = """
    select i.id::text, i.journal_id::text, r.tenant_id, r.account_id::text
    from meta_inbox.journal_items i
    left join meta_inbox.account_routes r
      on r.platform = i.platform and r.external_id = i.external_id and r.login = i.signed_by
    where i.id = any(%(ids)s::uuid[]) and i.fence = any(%(fences)s::uuid[]) and i.state = 'pending'
    order by i.id for update of i
"""
_DONE: LiteralString = "delete from meta_inbox.journal_items where id = any(%(ids)s::uuid[])"
_PUT_BACK: LiteralString = """
    update meta_inbox.journal_items
    set state = %(state)s, reason = %(reason)s, awaits = %(awaits)s, due_at = now() + %(after)s,
        lease_until = null, fence = null,
        attempt = case when %(counts)s then attempt else attempt - 1 end
    where id = %(id)s and fence = %(fence)s
"""
_UNROUTED = "no connected account has this id"
_GONE = "the reader no longer finds this item"

Pair = tuple[PendingItem, WebhookItem | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why an item stays, and until when."""

    state: str
    reason: str | None = None
    awaits: MetaMessageId | None = None
    after: timedelta = timedelta()
    counts: bool = True


_AGAIN = Verdict(state="pending", after=ECHO_STEP, counts=False)
_NOTHING = Verdict(state="done")
"""Nobody's, and nothing to wait for."""


async def put_back(connection: Connection, pending: PendingItem, verdict: Verdict) -> None:
    """Ends the claim."""
    values = {
        "id": pending.id,
        "fence": pending.fence,
        "state": verdict.state,
        "reason": verdict.reason,
        "awaits": verdict.awaits,
        "after": verdict.after,
        "counts": verdict.counts,
    }
    await connection.execute(_PUT_BACK, values)


@dataclass(slots=True, kw_only=True)
class _Mine:
    """A claimed item, and whose it is."""

    pending: PendingItem
    item: WebhookItem | None
    journal_id: str
    owner: tuple[TenantId, AccountId] | None


class ItemProjection:
    """Does what items say."""

    def __init__(self, ids: Ids, rules: MediaRules) -> None:
        self._ids = ids
        self._rules = rules

    async def project(self, connection: Connection, group: Sequence[Pair]) -> None:
        """All of them; what is told comes last, so that no feed is held while others are looked at."""
        messages, done, statement = list[bytes](), list[str](), PROJECT
        changes = list[tuple[TenantId, Change]]()
        for mine in await _claimed(connection, group):
            verdict = _set_aside(mine)
            if verdict is None and mine.item is not None and mine.item.is_common:
                new = NewItem(mine.journal_id, mine.pending.signed_by, mine.pending.received_at, mine.item)
                messages.append(encoded(new, self._ids.new, self._rules))
                statement = PROJECT_WITH_MEDIA if brings_files(mine.item) else statement
            elif verdict is None:
                verdict = await self._try(connection, mine, changes)
            if verdict is None or verdict is _NOTHING:
                done.append(mine.pending.id)
            else:
                await put_back(connection, mine.pending, verdict)
        await connection.execute(_DONE, {"ids": done})
        if messages:
            items = b"[" + b",".join(messages) + b"]"
            await connection.execute(statement, {"items": items.decode()}, prepare=True)
        await log_all(connection, sorted(changes, key=lambda each: each[0]))

    async def _try(
        self, connection: Connection, mine: _Mine, changes: list[tuple[TenantId, Change]]
    ) -> Verdict | None:
        """What is left to wait for, if anything."""
        if mine.item is None or mine.owner is None:
            return None
        told: list[Change] = []
        at = clamped(mine.item.sent_at, mine.pending.received_at)
        where = Where(connection, *mine.owner, mine.item, at)
        try:
            await self._take(where, mine.pending, told)
        except Awaits as missing:
            if await went_with_its_contact(where, missing.message):
                return None
            return Verdict(state="waiting", awaits=missing.message, counts=False)
        except EchoWaits:
            return _AGAIN
        finally:
            changes.extend((mine.owner[0], change) for change in told)
        return None

    async def _take(self, where: Where, pending: PendingItem, told: list[Change]) -> None:
        item, contact = where.item, where.item.contact_id
        if item.kind is ItemKind.CHANGE:
            await take_change(where, told)
            return
        if item.kind is ItemKind.ANSWER:
            parent = await find(where, item.reply_to)
            if parent is None:
                raise Awaits(item.reply_to)
            contact = parent.contact_id
        message = message_from(
            item,
            id_=MessageId(self._ids.new()),
            tenant=where.tenant,
            account=where.account,
            contact=contact,
            received_at=pending.received_at,
            new_id=self._ids.new,
        )
        message = marked(message, self._rules, self._ids.new)
        if item.kind in (ItemKind.ECHO, ItemKind.ANSWER):
            told.extend(await take_echo(where.connection, message, item, pending.received_at, self._rules))
        else:
            told.extend(await add(where.connection, message, item, self._rules))
        if isinstance(item.says, OwnerChanged):
            await own(where, item.says.owner, told)


async def _claimed(connection: Connection, group: Sequence[Pair]) -> list[_Mine]:
    """Those whose claim still holds, in the group's order."""
    values = {"ids": [pending.id for pending, _ in group], "fences": [pending.fence for pending, _ in group]}
    rows = {row[0]: row for row in await (await connection.execute(_MINE, values)).fetchall()}
    return [
        _Mine(
            pending=pending,
            item=item,
            journal_id=row[1],
            owner=None if row[2] is None else (TenantId(row[2]), AccountId(row[3])),
        )
        for pending, item in group
        if (row := rows.get(pending.id)) is not None
    ]


def _set_aside(mine: _Mine) -> Verdict | None:
    """Why nothing can be done about it, if that is so."""
    item = mine.item
    verdict = Verdict(state="unrouted", reason=_UNROUTED) if mine.owner is None else None
    if item is None:
        verdict = Verdict(state="quarantined", reason=_GONE)
    elif item.problem is not None:
        verdict = Verdict(state="quarantined", reason=item.problem)
    elif item.kind is ItemKind.OTHER:
        verdict = Verdict(state="kept")
    elif item.kind is ItemKind.TEST:
        verdict = _NOTHING
    return verdict
