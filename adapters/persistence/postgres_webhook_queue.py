"""Events on their way to endpoints, on Postgres: taken from the log, claimed, settled, forgotten.

Locks: whoever takes from the log holds the endpoint and makes deliveries that nobody else has; whoever
settles holds a delivery and then changes its endpoint. Claims go one at a time and wait for no row.
"""

import uuid
from collections.abc import Sequence
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection, Contention, Database
from meta_inbox.adapters.persistence.postgres_delivery_claiming import claim
from meta_inbox.adapters.persistence.postgres_delivery_rows import event_of
from meta_inbox.adapters.persistence.postgres_delivery_sweep import sweep
from meta_inbox.adapters.persistence.postgres_delivery_taking import take
from meta_inbox.adapters.persistence.postgres_endpoint_rows import endpoint_of, opened
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.webhook_delivery import (
    FAILING_AT_MOST,
    TAKEN_TOGETHER,
    DeliveryClaim,
    DeliveryOutcome,
)

_SETTLE: LiteralString = """
    update meta_inbox.webhook_deliveries
    set state = %(state)s, due_at = now() + coalesce(%(after)s, interval '0'), lease_until = null,
        fence = null, settled_at = now(), last_status = %(status)s, last_error = %(error)s,
        delivered_at = case when %(state)s = 'delivered' then now() end
    where tenant_id = %(tenant)s and endpoint_id = %(endpoint)s and seq = %(seq)s and fence = %(fence)s
    returning 1
"""
_PUT_BACK: LiteralString = """
    update meta_inbox.webhook_deliveries
    set due_at = now() + coalesce(%(after)s, interval '0'), lease_until = null, fence = null,
        attempt = attempt - 1
    where tenant_id = %(tenant)s and endpoint_id = %(endpoint)s and seq = %(seq)s and fence = %(fence)s
    returning 1
"""
_ARRIVED: LiteralString = """
    update meta_inbox.webhook_endpoints set failing_since = null
    where tenant_id = %(tenant)s and id = %(endpoint)s and failing_since is not null
"""
_MISSED: LiteralString = """
    update meta_inbox.webhook_endpoints
    set failing_since = coalesce(failing_since, now()),
        enabled = enabled and not %(unwanted)s
                  and coalesce(failing_since, now()) > now() - %(failing_at_most)s,
        disabled_reason = case when %(unwanted)s then 'gone'
                               when failing_since <= now() - %(failing_at_most)s then 'failing' end
    where tenant_id = %(tenant)s and id = %(endpoint)s and enabled
"""


class PostgresWebhookQueue:
    """Whoever holds the fence of a delivery alone can note what became of it."""

    def __init__(self, db: Database, keys: KeyRing) -> None:
        self._db = db
        self._keys = keys
        self._total = TAKEN_TOGETHER

    async def take(self, limit: int) -> int:
        """Makes deliveries of what was logged since for each endpoint that is behind; how many."""
        total = self._total
        try:
            taken = await self._db.as_system(lambda connection: take(connection, limit, total))
        except Contention:
            self._total = max(1, total // 2)  # it may have been too much for one transaction
            raise
        self._total = min(2 * total, TAKEN_TOGETHER)
        return taken

    async def forget(self, limit: int) -> int:
        """Forgets old deliveries, those of deleted endpoints, and secrets that sign no more; how many."""
        return await self._db.as_system(lambda connection: sweep(connection, limit))

    async def claim_due(self, limit: int) -> Sequence[DeliveryClaim]:
        """Claims what is due of enabled endpoints, in the log's order, with a lease and a fence."""
        fence = str(uuid.uuid4())
        rows = await self._db.as_system(lambda connection: claim(connection, fence, limit))
        claims = [self._claim(row, fence) for row in rows]
        return sorted(claims, key=lambda each: each.event.seq)

    def _claim(self, row: dict[str, Any], fence: str) -> DeliveryClaim:
        endpoint = endpoint_of(row)
        return DeliveryClaim(
            endpoint=endpoint,
            event=event_of(row),
            secrets=opened(self._keys, endpoint.tenant_id, endpoint.id, row),
            attempt=row["attempt"],
            fence=fence,
        )

    async def settle(self, claim: DeliveryClaim, outcome: DeliveryOutcome) -> bool:
        """Notes how it stands; False and nothing when the fence is stale."""
        tenant = claim.event.tenant_id
        values = {
            "tenant": tenant,
            "endpoint": claim.endpoint.id,
            "seq": claim.event.seq,
            "fence": claim.fence,
            "state": outcome.state.value,
            "after": outcome.after,
            "status": outcome.posted.status,
            "error": outcome.error,
            "unwanted": outcome.unwanted,
            "failing_at_most": FAILING_AT_MOST,
        }

        async def work(connection: Connection) -> bool:
            query = _SETTLE if outcome.counts else _PUT_BACK
            if await (await connection.execute(query, values)).fetchone() is None:
                return False
            if outcome.posted.arrived:
                await connection.execute(_ARRIVED, values)
            elif outcome.missed:
                await connection.execute(_MISSED, values)
            return True

        return await self._db.as_tenant(tenant, work)
