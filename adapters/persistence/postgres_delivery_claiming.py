"""Which deliveries are posted next: those of the tenant that has the fewest under way, whatever its queue."""

from typing import Any, LiteralString

from psycopg.rows import dict_row

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_delivery_rows import EVENT
from meta_inbox.adapters.persistence.postgres_endpoint_rows import ENDPOINT, SECRETS
from meta_inbox.domain.model.webhook_delivery import AT_ONCE_OF_TENANT, AT_ONCE_TO_ONE, LEASE

# Claims go one behind the other, each with a snapshot of its own: two at once would both count what is under
# way before either adds to it.
_ONE_BY_ONE: LiteralString = "select pg_advisory_xact_lock(hashtextextended('meta_inbox.webhook_claims', 0))"
# Nothing is locked, and so nothing written, but what is chosen.
_CLAIM: LiteralString = (
    """
    with held as materialized (
      select tenant_id, endpoint_id, count(*) as held from meta_inbox.webhook_deliveries
      where state = 'pending' and lease_until >= now() group by tenant_id, endpoint_id
    ), busy as materialized (
      select tenant_id, sum(held) as held from held group by tenant_id
    ), due as (
      select d.tenant_id, d.endpoint_id, d.seq, d.due_at, coalesce(b.held, 0) as busy,
             coalesce(h.held, 0) + row_number() over (
               partition by d.tenant_id, d.endpoint_id order by d.due_at, d.seq) as turn
      from meta_inbox.webhook_endpoints e
      left join held h on h.tenant_id = e.tenant_id and h.endpoint_id = e.id
      left join busy b on b.tenant_id = e.tenant_id
      cross join lateral (
        select d.tenant_id, d.endpoint_id, d.seq, d.due_at from meta_inbox.webhook_deliveries d
        where d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.state = 'pending'
          and d.due_at <= now() and (d.lease_until is null or d.lease_until < now())
        order by d.due_at, d.seq limit greatest(0, %(to_one)s - coalesce(h.held, 0))
      ) d
      where e.enabled and coalesce(b.held, 0) < %(of_tenant)s
    ), ranked as (
      select tenant_id, endpoint_id, seq, due_at,
             busy + row_number() over (partition by tenant_id order by turn, due_at, seq) as turn
      from due
    ), chosen as materialized (
      select tenant_id, endpoint_id, seq from ranked where turn <= %(of_tenant)s
      order by turn, due_at, seq limit %(limit)s
    ), locked as materialized (
      select d.tenant_id, d.endpoint_id, d.seq
      from chosen c join meta_inbox.webhook_deliveries d
        on d.tenant_id = c.tenant_id and d.endpoint_id = c.endpoint_id and d.seq = c.seq
      where d.state = 'pending' and d.due_at <= now() and (d.lease_until is null or d.lease_until < now())
      for update of d skip locked
    )
    update meta_inbox.webhook_deliveries d
    set fence = %(fence)s, lease_until = now() + %(lease)s, attempt = d.attempt + 1
    from locked l join meta_inbox.webhook_endpoints e on e.tenant_id = l.tenant_id and e.id = l.endpoint_id
    where d.tenant_id = l.tenant_id and d.endpoint_id = l.endpoint_id and d.seq = l.seq
    returning d.attempt, """
    + EVENT
    + ", "
    + ENDPOINT
    + ", "
    + SECRETS
)


async def claim(connection: Connection, fence: str, limit: int) -> list[dict[str, Any]]:
    """At most so many deliveries, each with its endpoint, under this fence."""
    values = {
        "limit": limit,
        "to_one": AT_ONCE_TO_ONE,
        "of_tenant": AT_ONCE_OF_TENANT,
        "fence": fence,
        "lease": LEASE,
    }
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(_ONE_BY_ONE, prepare=True)
    return await (await cursor.execute(_CLAIM, values, prepare=True)).fetchall()
