"""How far the consumers of the event log have come, on Postgres: one row for each of them and each tenant."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_due_logs import DueLogs
from meta_inbox.domain.model.consuming import LEASE, ConsumerClaim
from meta_inbox.domain.model.ids import TenantId

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
        self._due_logs: dict[str, DueLogs] = {}

    async def claim(
        self, consumer: str, tenant: TenantId | None, *, handles: bool = False
    ) -> ConsumerClaim | None:
        """Claims a log that has more for this consumer, whoever waited longest first; None = no more."""
        claim = ConsumerClaim(tenant_id=tenant or TenantId(""), consumer=consumer, fence=str(uuid.uuid4()))
        values = held(claim) | {"handles": handles}
        logs = self._due_logs.setdefault(consumer, DueLogs(self._db))
        row = await (logs.claim(values) if tenant is None else logs.claim_one(values))
        if row is None:
            return None
        return replace(claim, tenant_id=row[0], seq=row[1], attempt=row[2], missed=row[3])

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
