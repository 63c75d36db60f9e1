"""How far the consumers of the event log have come, on Postgres: one row for each of them and each tenant."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.domain.model.consuming import LEASE, ConsumerClaim
from meta_inbox.domain.model.ids import TenantId

_OF_ONE: LiteralString = " and f.tenant_id = %(tenant)s"
# Whoever never had a turn comes first, so the rows of new tenants are made before one is chosen.
_MEET: LiteralString = """
    insert into meta_inbox.consumers (tenant_id, consumer)
    select f.tenant_id, %(consumer)s from meta_inbox.feeds f
    where not exists (
      select from meta_inbox.consumers c where c.tenant_id = f.tenant_id and c.consumer = %(consumer)s)
"""
_IN_ORDER: LiteralString = " order by f.tenant_id on conflict do nothing"
_DUE: LiteralString = """
    with due as materialized (
      select c.tenant_id from meta_inbox.consumers c join meta_inbox.feeds f using (tenant_id)
      where c.consumer = %(consumer)s and f.seq > coalesce(c.seq, 0) and c.due_at <= now()
        and (c.lease_until is null or c.lease_until < now())
"""
# A lease is there and may be taken only when it ran out: then whoever had the log in hand is dead.
ATTEMPT: LiteralString = """
    c.attempt + (c.lease_until is not null and c.in_hand is not distinct from coalesce(c.seq, 0))::int
"""
_CLAIM: LiteralString = (
    """
      order by c.claimed_at nulls first, c.tenant_id limit 1 for update of c skip locked
    )
    update meta_inbox.consumers c
    set fence = %(fence)s, lease_until = now() + %(lease)s, claimed_at = clock_timestamp(),
        in_hand = case when %(handles)s then coalesce(c.seq, 0) end, attempt = """
    + ATTEMPT
    + """
    from due where c.tenant_id = due.tenant_id and c.consumer = %(consumer)s
    returning c.tenant_id, c.seq, c.attempt, c.missed
"""
)
_HELD: LiteralString = """
    where tenant_id = %(tenant)s and consumer = %(consumer)s and fence = %(fence)s
"""
_ADVANCE: LiteralString = (
    """
    update meta_inbox.consumers
    set seq = greatest(seq, %(seq)s), attempt = 0, missed = %(missed)s, due_at = now(),
        lease_until = case when lease_until is not null then now() + %(lease)s end
    """
    + _HELD
    + " returning true"
)
_HOLD: LiteralString = (
    "update meta_inbox.consumers set lease_until = now() + %(lease)s"
    + _HELD
    + " and lease_until is not null returning true"
)
_PUT_OFF: LiteralString = (
    """
    update meta_inbox.consumers
    set seq = greatest(seq, %(seq)s), attempt = %(attempt)s, missed = %(missed)s, due_at = now() + %(after)s,
        lease_until = null, fence = null
    """
    + _HELD
    + " returning true"
)
_RELEASE: LiteralString = "update meta_inbox.consumers set lease_until = null" + _HELD + " returning true"
_LEAVE: LiteralString = (
    "update meta_inbox.consumers set lease_until = now() + %(lease)s, in_hand = null"
    + _HELD
    + " and lease_until is not null returning true"
)


class PostgresConsumers:
    """Claims over all tenants; whatever else happens to a claim, in its tenant's name."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def claim(
        self, consumer: str, tenant: TenantId | None, *, handles: bool = False
    ) -> ConsumerClaim | None:
        """Claims a log that has more for this consumer, whoever waited longest first; None = no more."""
        claim = ConsumerClaim(tenant_id=tenant or TenantId(""), consumer=consumer, fence=str(uuid.uuid4()))
        only: LiteralString = "" if tenant is None else _OF_ONE
        values = held(claim) | {"handles": handles}

        async def work(connection: Connection) -> ConsumerClaim | None:
            await connection.execute(_MEET + only + _IN_ORDER, values, prepare=True)
            cursor = await connection.execute(_DUE + only + _CLAIM, values, prepare=True)
            row = await cursor.fetchone()
            if row is None:
                return None
            return replace(claim, tenant_id=row[0], seq=row[1], attempt=row[2], missed=row[3])

        return await self._db.as_system(work)

    async def advance(self, claim: ConsumerClaim, seq: int, *, missed: bool = False) -> bool:
        """Everything up to ``seq`` is done with, and the lease begins anew; False = the claim was lost."""
        return await self._change(claim, _ADVANCE, held(claim) | {"seq": seq, "missed": missed})

    async def hold(self, claim: ConsumerClaim) -> bool:
        """The lease begins anew; False = the claim was lost or released."""
        return await self._change(claim, _HOLD, held(claim))

    async def put_off(self, claim: ConsumerClaim, after: timedelta) -> bool:
        """Gives the log back, to be claimed after a while at the claim's ``seq``, ``attempt``, ``missed``."""
        place = {"seq": claim.seq, "attempt": claim.attempt, "missed": claim.missed, "after": after}
        return await self._change(claim, _PUT_OFF, held(claim) | place)

    async def release(self, claim: ConsumerClaim) -> None:
        """Gives the log back, to be claimed at once."""
        await self._change(claim, _RELEASE, held(claim))

    async def leave(self, claim: ConsumerClaim) -> None:
        """Leaves the log to the lease, which begins anew; that it runs out counts as no failure."""
        await self._change(claim, _LEAVE, held(claim))

    async def _change(self, claim: ConsumerClaim, query: LiteralString, values: dict[str, Any]) -> bool:
        async def work(connection: Connection) -> bool:
            return await (await connection.execute(query, values, prepare=True)).fetchone() is not None

        return await self._db.as_tenant(claim.tenant_id, work)


def held(claim: ConsumerClaim) -> dict[str, Any]:
    """By what a claim is known, and for how long it lasts."""
    return {
        "tenant": claim.tenant_id,
        "consumer": claim.consumer,
        "fence": claim.fence,
        "lease": LEASE,
    }
