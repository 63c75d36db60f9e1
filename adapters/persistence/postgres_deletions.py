"""Contacts deleted on Postgres: the row of the deletion first, then everything else in small steps.

Locks as everywhere: messages, their files, the conversation, the outbox, the feed.
"""

from collections.abc import Sequence
from datetime import UTC
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_deletion_rows import CLEAR, LEFT_OVERS, SWEEPS
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_journal_search import LONG, PATIENCE, rewrite
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.deletion import (
    ANSWERED,
    LEASE,
    ONCE_MORE,
    DeletionClaim,
    Forgotten,
    digest_of,
    person_of,
)
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.ports import Forgetting, Ids, Wakeups

_ACCOUNT: LiteralString = """
    select 1 from meta_inbox.accounts where tenant_id = %(tenant)s and id = %(account)s
"""
_HIDE: LiteralString = """
    delete from meta_inbox.conversations
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = any(%(contacts)s)
"""
_FORGET: LiteralString = """
    delete from meta_inbox.contacts
    where tenant_id = %(tenant)s and account_id = %(account)s and id = any(%(contacts)s)
"""
_HOLD_BACK: LiteralString = """
    delete from meta_inbox.outbox
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = any(%(contacts)s)
      and state <> 'sending'
"""
# Answers to comments do not name the contact: Meta's ids of them are kept until they are gone everywhere.
_BEGIN: LiteralString = """
    insert into meta_inbox.contact_deletions as d (
      tenant_id, account_id, digest, id, contact_id, deleted_at, message_ids)
    select %(tenant)s, %(account)s, decode(%(digest)s, 'hex'), %(id)s, %(person)s, clock_timestamp(), array(
      select m.meta_message_id from meta_inbox.messages m
      where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = %(commenter)s
        and m.meta_message_id is not null
      order by m.ordered_at desc limit 10000)
    on conflict (tenant_id, account_id, digest) do update set
      contact_id = excluded.contact_id, deleted_at = excluded.deleted_at, passes = 0, due_at = now(),
      lease_until = null, fence = null,
      message_ids = array(select distinct unnest(d.message_ids || excluded.message_ids))
    returning id::text
"""
_CLAIM: LiteralString = """
    with due as materialized (
      select tenant_id, id from meta_inbox.contact_deletions
      where due_at <= now() and (lease_until is null or lease_until < now())
      order by due_at limit %(limit)s for update skip locked
    )
    update meta_inbox.contact_deletions d
    set lease_until = now() + %(lease)s, fence = gen_random_uuid()
    from due, meta_inbox.accounts a
    where (d.tenant_id, d.id) = (due.tenant_id, due.id) and (a.tenant_id, a.id) = (d.tenant_id, d.account_id)
    returning d.tenant_id, d.account_id::text, a.external_id, d.contact_id, d.message_ids, d.deleted_at,
              d.fence::text
"""
_HOLD: LiteralString = """
    update meta_inbox.contact_deletions set lease_until = now() + %(lease)s
    where due_at is not null and fence = any(%(fences)s::uuid[])
"""
_SETTLE: LiteralString = """
    update meta_inbox.contact_deletions set
      passes = passes + 1, lease_until = null, fence = null,
      due_at = case when passes = 0 then now() + %(once_more)s end,
      contact_id = case when passes = 0 then contact_id end,
      message_ids = case when passes = 0 then message_ids else array(
        select case when m like 'gone:%%' then m else 'gone:' || encode(
          sha256(convert_to(account_id::text || ':' || m, 'UTF8')), 'hex') end
        from unnest(message_ids) as m) end
    where tenant_id = %(tenant)s and account_id = %(account)s and digest = decode(%(digest)s, 'hex')
      and fence = %(fence)s
    returning 1
"""
_AT_ONCE = 200


class PostgresDeletions:
    """Claimed with a lease and a fence; what a dead process left is taken up when its lease is over."""

    def __init__(self, db: Database, ids: Ids, wakeups: Wakeups) -> None:
        self._db = db
        self._ids = ids
        self._wakeups = wakeups

    async def begin(self, tenant: TenantId, account: AccountId, contact: ContactId) -> None:
        """Takes the contact out of the lists and their answers out of the outbox, and tells it. NotFound."""
        person = person_of(contact)
        values = {
            "tenant": tenant,
            "account": account,
            "person": person,
            "commenter": f"{COMMENTS}{person}",
            "contacts": [person, f"{COMMENTS}{person}"],
            "digest": digest_of(account, person),
            "id": self._ids.new(),
        }

        async def work(connection: Connection) -> None:
            if await (await connection.execute(_ACCOUNT, values)).fetchone() is None:
                raise NotFound("no such account")
            for step in (_HIDE, _FORGET, _HOLD_BACK):
                await connection.execute(step, values)
            (id_,) = await (await connection.execute(_BEGIN, values)).fetchone() or ("",)
            deleted = Change(EventType.CONTACT_DELETED, account=account, message=MessageId(id_))
            await log(connection, tenant, [deleted])

        await self._db.as_tenant(tenant, work)
        self._wakeups.wake("deletions")

    async def claim_due(self, limit: int) -> Sequence[DeletionClaim]:
        """Claims deletions for half a minute."""

        async def work(connection: Connection) -> list[DeletionClaim]:
            found = await connection.execute(_CLAIM, {"limit": limit, "lease": LEASE})
            return [_claim(row) for row in await found.fetchall()]

        return await self._db.as_system(work)

    async def redact(self, claims: Sequence[DeletionClaim], without: Forgetting) -> None:
        """Rewrites the bodies in the journal that hold something of these contacts."""
        whom = [each.whom for each in claims]
        needles = {word for one in whom for word in (one.contact_id, *one.messages)}

        def rewritten(body: bytes) -> bytes | None:
            left = body
            for one in whom:
                left = without(left, one) or left
            return None if left is body else left

        await rewrite(self._db, [each.encode() for each in needles], rewritten, lambda: self._hold(claims))

    async def _hold(self, claims: Sequence[DeletionClaim]) -> None:
        values = {"fences": [each.fence for each in claims], "lease": LEASE}

        async def work(connection: Connection) -> None:
            await connection.execute(_HOLD, values)

        await self._db.as_system(work)

    async def clear(self, claim: DeletionClaim) -> bool:
        """Deletes some of the contact's messages with all that belongs to them; at last, what names them."""
        values = _values(claim) | {"limit": _AT_ONCE}
        await self._hold([claim])

        async def some(connection: Connection) -> bool:
            ids = [row[0] for row in await (await connection.execute(CLEAR.find, values)).fetchall()]
            for step in CLEAR.steps if ids else ():
                await connection.execute(step, values | {"ids": ids})
            return bool(ids)

        if await self._db.as_system(some, deadline=LONG):
            return True
        for sweep in (*SWEEPS, *LEFT_OVERS):
            await self._hold([claim])
            await self._sweep(sweep, values)
        return False

    async def _sweep(self, statement: LiteralString, values: dict[str, Any]) -> None:
        async def work(connection: Connection) -> None:
            await connection.execute(PATIENCE)
            await connection.execute(statement, values)

        await self._db.as_system(work, deadline=LONG)

    async def settle(self, claim: DeletionClaim) -> bool:
        """To be gone over once more, or done; False when the fence is stale."""
        values = _values(claim) | {"fence": claim.fence, "once_more": ONCE_MORE}

        async def work(connection: Connection) -> bool:
            return await (await connection.execute(_SETTLE, values)).fetchone() is not None

        return await self._db.as_system(work)


def _values(claim: DeletionClaim) -> dict[str, Any]:
    return {
        "tenant": claim.tenant_id,
        "account": claim.account_id,
        "external_id": claim.whom.external_id,
        "contacts": list(claim.contacts),
        "messages": list(claim.whom.messages),
        "digest": digest_of(claim.account_id, claim.whom.contact_id),
        "until": claim.whom.until,
        "answered": ANSWERED,
    }


def _claim(row: tuple[Any, ...]) -> DeletionClaim:
    tenant, account, external_id, contact, messages, deleted_at, fence = row
    return DeletionClaim(
        tenant_id=TenantId(tenant),
        account_id=AccountId(account),
        whom=Forgotten(
            external_id=external_id,
            contact_id=ContactId(contact),
            messages=frozenset(MetaMessageId(each) for each in messages),
            until=deleted_at.astimezone(UTC),
        ),
        fence=fence,
    )
