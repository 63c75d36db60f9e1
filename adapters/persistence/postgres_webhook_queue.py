"""Events on their way to endpoints, on Postgres: taken from the log, claimed, settled, forgotten.

Locks: whoever takes from the log holds the endpoint and makes deliveries that nobody else has; whoever
settles holds a delivery and then changes its endpoint.
"""

import uuid
from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg.rows import dict_row

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_delivery_rows import EVENT, event_of
from meta_inbox.adapters.persistence.postgres_delivery_sweep import sweep
from meta_inbox.adapters.persistence.postgres_delivery_taking import take
from meta_inbox.adapters.persistence.postgres_endpoint_rows import ENDPOINT, SECRETS, endpoint_of, opened
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.webhook_delivery import (
    AT_ONCE_TO_ONE,
    FAILING_AT_MOST,
    LEASE,
    DeliveryClaim,
    DeliveryOutcome,
    DeliveryState,
)

# The first of each endpoint before the second of any, so that a long queue keeps no other one waiting.
_CLAIM: LiteralString = (
    """
    with due as materialized (
      select d.tenant_id, d.endpoint_id, d.seq
      from meta_inbox.webhook_endpoints e cross join lateral (
        select count(*) as held from meta_inbox.webhook_deliveries u
        where u.tenant_id = e.tenant_id and u.endpoint_id = e.id and u.state = 'pending'
          and u.lease_until >= now()
      ) h cross join lateral (
        select d.tenant_id, d.endpoint_id, d.seq, d.due_at from meta_inbox.webhook_deliveries d
        where d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.state = 'pending'
          and d.due_at <= now() and (d.lease_until is null or d.lease_until < now())
        order by d.due_at, d.seq limit greatest(0, %(to_one)s - h.held) for update skip locked
      ) d
      where e.enabled
      order by h.held + row_number() over (partition by e.tenant_id, e.id order by d.due_at, d.seq),
               d.due_at, d.seq
      limit %(limit)s
    )
    update meta_inbox.webhook_deliveries d
    set fence = %(fence)s, lease_until = now() + %(lease)s, attempt = d.attempt + 1
    from due join meta_inbox.webhook_endpoints e on e.tenant_id = due.tenant_id and e.id = due.endpoint_id
    where d.tenant_id = due.tenant_id and d.endpoint_id = due.endpoint_id and d.seq = due.seq
    returning d.attempt, """
    + EVENT
    + ", "
    + ENDPOINT
    + ", "
    + SECRETS
)
_SETTLE: LiteralString = """
    update meta_inbox.webhook_deliveries
    set state = %(state)s, due_at = now() + coalesce(%(after)s, interval '0'), lease_until = null,
        fence = null, last_status = %(status)s, last_error = %(error)s,
        delivered_at = case when %(state)s = 'delivered' then now() end
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

    async def take(self, limit: int) -> int:
        """Makes deliveries of what was logged since for each endpoint that is behind; how many."""
        return await self._db.as_system(lambda connection: take(connection, limit))

    async def forget(self, limit: int) -> int:
        """Forgets old deliveries, those of deleted endpoints, and secrets that sign no more; how many."""
        return await self._db.as_system(lambda connection: sweep(connection, limit))

    async def claim_due(self, limit: int) -> Sequence[DeliveryClaim]:
        """Claims what is due of enabled endpoints, in the log's order, with a lease and a fence."""
        fence = str(uuid.uuid4())
        values = {"limit": limit, "to_one": AT_ONCE_TO_ONE, "fence": fence, "lease": LEASE}

        async def work(connection: Connection) -> list[dict[str, Any]]:
            cursor = connection.cursor(row_factory=dict_row)
            return await (await cursor.execute(_CLAIM, values, prepare=True)).fetchall()

        claims = [self._claim(row, fence) for row in await self._db.as_system(work)]
        return sorted(claims, key=lambda claim: claim.event.seq)

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
            if await (await connection.execute(_SETTLE, values)).fetchone() is None:
                return False
            if outcome.posted.arrived:
                await connection.execute(_ARRIVED, values)
            elif outcome.state is not DeliveryState.GONE:
                await connection.execute(_MISSED, values)
            return True

        return await self._db.as_tenant(tenant, work)
