"""What is known of deliveries is forgotten after a while, and of deleted endpoints soon."""

from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.domain.model.webhook_delivery import KEPT_DELIVERED, KEPT_FAILED

# Pending ones get old only where their endpoint is disabled.
_OLD: LiteralString = """
    with old as materialized (
      select d.* from (values ('delivered', %(delivered)s), ('gone', %(delivered)s), ('failed', %(failed)s),
                              ('pending', %(failed)s)) as k (state, kept)
      cross join lateral (
        select tenant_id, endpoint_id, seq, state from meta_inbox.webhook_deliveries
        where state = k.state and settled_at < now() - k.kept order by settled_at limit %(limit)s
      ) d limit %(limit)s
    )
    delete from meta_inbox.webhook_deliveries d using old
    where d.tenant_id = old.tenant_id and d.endpoint_id = old.endpoint_id and d.seq = old.seq
      and d.state = old.state
    returning 1
"""
_OF_DELETED: LiteralString = """
    with old as materialized (
      select d.* from meta_inbox.webhook_endpoints e cross join lateral (
        select tenant_id, endpoint_id, seq from meta_inbox.webhook_deliveries
        where tenant_id = e.tenant_id and endpoint_id = e.id limit %(limit)s
      ) d where e.deleted_at is not null limit %(limit)s
    )
    delete from meta_inbox.webhook_deliveries d using old
    where d.tenant_id = old.tenant_id and d.endpoint_id = old.endpoint_id and d.seq = old.seq
    returning 1
"""
_DELETED: LiteralString = """
    delete from meta_inbox.webhook_endpoints e
    where e.deleted_at is not null and not exists (
      select from meta_inbox.webhook_deliveries d where d.tenant_id = e.tenant_id and d.endpoint_id = e.id)
"""
_SECRETS: LiteralString = """
    update meta_inbox.webhook_endpoints set former_secret = null, former_until = null
    where former_until < now()
"""


async def sweep(connection: Connection, limit: int) -> int:
    """Some of it; how many deliveries."""
    values = {"limit": limit, "delivered": KEPT_DELIVERED, "failed": KEPT_FAILED}
    gone = 0
    for query in (_OLD, _OF_DELETED):
        gone += len(await (await connection.execute(query, values)).fetchall())
    await connection.execute(_DELETED)
    await connection.execute(_SECRETS)
    return gone
