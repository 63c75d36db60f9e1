"""What became of deliveries, as their tenant sees it on Postgres, and having them made once more."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, LiteralString, TypeVar

from psycopg.rows import dict_row

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_delivery_rows import DELIVERY, delivery_of
from meta_inbox.adapters.persistence.postgres_rows import is_id
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.webhook_delivery import DeliveryPage, DeliveryState
from meta_inbox.domain.model.webhook_endpoint import EndpointId

T = TypeVar("T")
Work = Callable[[Connection, dict[str, Any]], Awaitable[T]]

_THERE: LiteralString = """
    select 1 from meta_inbox.webhook_endpoints
    where tenant_id = %(tenant)s and id = %(endpoint)s and deleted_at is null
"""
_FROM: LiteralString = (
    "select "
    + DELIVERY
    + """ from meta_inbox.webhook_deliveries d
    where d.tenant_id = %(tenant)s and d.endpoint_id = %(endpoint)s
      and (%(before)s::bigint is null or d.seq < %(before)s)
    """
)
_NEWEST: LiteralString = " order by d.seq desc limit %(limit)s"
# Written out: a state that is a parameter finds no index of one state.
_LIST: dict[DeliveryState | None, LiteralString] = {
    None: _FROM + _NEWEST,
    DeliveryState.PENDING: _FROM + "and d.state = 'pending'" + _NEWEST,
    DeliveryState.DELIVERED: _FROM + "and d.state = 'delivered'" + _NEWEST,
    DeliveryState.FAILED: _FROM + "and d.state = 'failed'" + _NEWEST,
    DeliveryState.GONE: _FROM + "and d.state = 'gone'" + _NEWEST,
}
_ANEW: LiteralString = """
    state = 'pending', attempt = 0, due_at = now(), lease_until = null, fence = null, delivered_at = null,
    settled_at = now()
"""
_REPLAY: LiteralString = (
    "update meta_inbox.webhook_deliveries set "
    + _ANEW
    + """
    where tenant_id = %(tenant)s and endpoint_id = %(endpoint)s and seq = %(seq)s
      and (lease_until is null or lease_until < now())
    returning 1
    """
)
_ONE: LiteralString = """
    select 1 from meta_inbox.webhook_deliveries
    where tenant_id = %(tenant)s and endpoint_id = %(endpoint)s and seq = %(seq)s
"""
_REPLAY_FAILED: LiteralString = (
    """
    with failed as materialized (
      select tenant_id, endpoint_id, seq from meta_inbox.webhook_deliveries
      where tenant_id = %(tenant)s and endpoint_id = %(endpoint)s and state = 'failed'
        and created_at >= %(since)s
      order by seq limit %(limit)s for update
    )
    update meta_inbox.webhook_deliveries d set
    """
    + _ANEW
    + """
    from failed f where d.tenant_id = f.tenant_id and d.endpoint_id = f.endpoint_id and d.seq = f.seq
    returning 1
    """
)


class PostgresWebhookDeliveries:
    """The rows that ``PostgresWebhookQueue`` works on."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def list(
        self,
        tenant: TenantId,
        endpoint: EndpointId,
        *,
        state: DeliveryState | None,
        limit: int,
        before: int | None,
    ) -> DeliveryPage:
        """The endpoint's deliveries, newest event first. NotFound."""
        values = {"limit": limit + 1, "before": before}

        async def work(connection: Connection, named: dict[str, Any]) -> list[dict[str, Any]]:
            cursor = connection.cursor(row_factory=dict_row)
            return await (await cursor.execute(_LIST[state], named)).fetchall()

        found = [delivery_of(row) for row in await self._of(tenant, endpoint, values, work)]
        more = len(found) > limit
        return DeliveryPage(items=found[:limit], next=found[limit - 1].event.seq if more else None)

    async def replay(self, tenant: TenantId, endpoint: EndpointId, seq: int) -> bool:
        """Has this one posted anew; False while an attempt is under way. NotFound."""

        async def work(connection: Connection, named: dict[str, Any]) -> bool:
            if await (await connection.execute(_REPLAY, named)).fetchone() is not None:
                return True
            if await (await connection.execute(_ONE, named)).fetchone() is None:
                raise NotFound("no such delivery")
            return False

        return await self._of(tenant, endpoint, {"seq": seq}, work)

    async def replay_failed(self, tenant: TenantId, endpoint: EndpointId, since: datetime, limit: int) -> int:
        """The same for ``failed`` ones made since then, oldest first; how many. NotFound."""

        async def work(connection: Connection, named: dict[str, Any]) -> int:
            return len(await (await connection.execute(_REPLAY_FAILED, named)).fetchall())

        return await self._of(tenant, endpoint, {"since": since, "limit": limit}, work)

    async def _of(self, tenant: TenantId, endpoint: EndpointId, values: dict[str, Any], work: Work[T]) -> T:
        named = {"tenant": tenant, "endpoint": endpoint} | values

        async def on_endpoint(connection: Connection) -> T:
            if await (await connection.execute(_THERE, named)).fetchone() is None:
                raise NotFound("no such endpoint")
            return await work(connection, named)

        if not is_id(endpoint):
            raise NotFound("no such endpoint")
        return await self._db.as_tenant(tenant, on_endpoint)
