"""Outgoing webhooks as an operator sees them: whose events go where, what failed, and posting it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg.rows import class_row

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_rows import is_id
from meta_inbox.adapters.persistence.postgres_webhook_deliveries import PostgresWebhookDeliveries
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.webhook_endpoint import EndpointId

_BATCH = 1000
_LIST: LiteralString = """
    select e.tenant_id, e.id::text, e.url, e.enabled, e.disabled_reason, e.failing_since,
           (select count(*) from meta_inbox.webhook_deliveries d
            where d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.state = 'pending') as pending,
           (select count(*) from meta_inbox.webhook_deliveries d
            where d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.state = 'failed') as failed
    from meta_inbox.webhook_endpoints e
    where e.deleted_at is null and (%(tenant)s::text is null or e.tenant_id = %(tenant)s)
    order by e.tenant_id, e.created_at
"""
_OWNER: LiteralString = """
    select tenant_id from meta_inbox.webhook_endpoints where id = %(id)s and deleted_at is null
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEndpoint:
    """An endpoint with how many deliveries wait, and how many failed."""

    tenant_id: str
    id: str
    url: str
    enabled: bool
    disabled_reason: str | None
    failing_since: datetime | None
    pending: int
    failed: int


class PostgresEndpointDesk:
    """Serves the command ``webhook-endpoints``."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._deliveries = PostgresWebhookDeliveries(db)

    async def endpoints(self, tenant: str | None) -> Sequence[SeenEndpoint]:
        """Every endpoint, or one tenant's."""

        async def work(connection: Connection) -> Sequence[SeenEndpoint]:
            cursor = connection.cursor(row_factory=class_row(SeenEndpoint))
            return await (await cursor.execute(_LIST, {"tenant": tenant})).fetchall()

        return await self._db.as_system(work)

    async def replay(self, endpoint: EndpointId, cursors: Sequence[int]) -> int:
        """Has these events posted once more; how many. NotFound."""
        tenant = await self._owner(endpoint)
        return sum([await self._deliveries.replay(tenant, endpoint, seq) for seq in cursors])

    async def replay_failed(self, endpoint: EndpointId, since: datetime) -> int:
        """The same for all that failed since then. NotFound."""
        tenant = await self._owner(endpoint)
        count, batch = 0, _BATCH
        while batch == _BATCH:
            batch = await self._deliveries.replay_failed(tenant, endpoint, since, _BATCH)
            count += batch
        return count

    async def _owner(self, endpoint: EndpointId) -> TenantId:
        async def work(connection: Connection) -> tuple[str] | None:
            return await (await connection.execute(_OWNER, {"id": endpoint})).fetchone()

        row = await self._db.as_system(work) if is_id(endpoint) else None
        if row is None:
            raise NotFound("there is no such endpoint")
        return TenantId(row[0])
