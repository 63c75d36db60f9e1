"""Where tenants have their events posted, on Postgres; what they are signed with is sealed."""

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg.rows import dict_row

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_endpoint_rows import ENDPOINT, SECRETS, endpoint_of, opened
from meta_inbox.adapters.persistence.postgres_rows import is_id
from meta_inbox.adapters.persistence.sealed_tokens import endpoint_place
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.errors import NotFound, TooManyEndpoints
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook_endpoint import (
    MOST_ENDPOINTS,
    OLD_SECRET_SIGNS,
    EndpointChange,
    EndpointId,
    WebhookEndpoint,
)

_THIS: LiteralString = " where e.tenant_id = %(tenant)s and e.id = %(id)s and e.deleted_at is null "
# Before the counting, in a statement of its own: two at once would not see one another.
_ONE_BY_ONE: LiteralString = """
    select pg_advisory_xact_lock(hashtextextended('meta_inbox.webhook_endpoints ' || %(tenant)s, 0))
"""
_ADD: LiteralString = """
    insert into meta_inbox.webhook_endpoints
      (tenant_id, id, url, types, description, secret, seq, created_by, created_at)
    select %(tenant)s, %(id)s, %(url)s, %(types)s, %(description)s, %(secret)s,
           coalesce((select seq from meta_inbox.feeds where tenant_id = %(tenant)s), 0),
           %(created_by)s, %(created_at)s
    where %(most)s > (select count(*) from meta_inbox.webhook_endpoints
                      where tenant_id = %(tenant)s and deleted_at is null)
    returning 1
"""
_LIST: LiteralString = (
    "select "
    + ENDPOINT
    + " from meta_inbox.webhook_endpoints e where e.tenant_id = %(tenant)s and e.deleted_at is null"
    + " order by e.created_at, e.id"
)
_GET: LiteralString = "select " + ENDPOINT + " from meta_inbox.webhook_endpoints e" + _THIS
_UPDATE: LiteralString = (
    """
    update meta_inbox.webhook_endpoints e set
      url = coalesce(%(url)s, url),
      types = case when %(all_types)s then null else coalesce(%(types)s::text[], types) end,
      description = coalesce(%(description)s, description),
      enabled = coalesce(%(enabled)s, enabled),
      disabled_reason = case when %(enabled)s then null
                             when not %(enabled)s then coalesce(disabled_reason, 'manual')
                             else disabled_reason end,
      failing_since = case when %(enabled)s and not enabled then null else failing_since end
    """
    + _THIS
    + " returning "
    + ENDPOINT
)
_ROTATE: LiteralString = (
    """
    update meta_inbox.webhook_endpoints e
    set former_secret = secret, former_until = now() + %(signs)s, secret = %(secret)s
    """
    + _THIS
    + " returning "
    + ENDPOINT
)
_DELETE: LiteralString = (
    """
    update meta_inbox.webhook_endpoints e
    set deleted_at = now(), enabled = false, secret = null, former_secret = null
    """
    + _THIS
    + " returning 1"
)
_SECRETS: LiteralString = "select " + SECRETS + " from meta_inbox.webhook_endpoints e" + _THIS


class PostgresWebhookEndpoints:
    """One row each."""

    def __init__(self, db: Database, keys: KeyRing) -> None:
        self._db = db
        self._keys = keys

    async def add(self, endpoint: WebhookEndpoint, secret: Secret) -> None:
        """Keeps a new endpoint, its secret sealed; told is what is logged from now on. TooManyEndpoints."""
        values = {
            "tenant": endpoint.tenant_id,
            "id": endpoint.id,
            "url": endpoint.url,
            "types": _texts(endpoint.types),
            "description": endpoint.description,
            "secret": self._sealed(secret, endpoint.tenant_id, endpoint.id),
            "created_by": endpoint.created_by,
            "created_at": endpoint.created_at,
            "most": MOST_ENDPOINTS,
        }

        async def work(connection: Connection) -> bool:
            await connection.execute(_ONE_BY_ONE, values)
            return await (await connection.execute(_ADD, values)).fetchone() is not None

        if not await self._db.as_tenant(endpoint.tenant_id, work):
            raise TooManyEndpoints(f"a tenant has at most {MOST_ENDPOINTS} endpoints")

    async def list(self, tenant: TenantId) -> Sequence[WebhookEndpoint]:
        """Every endpoint of the tenant, oldest first."""
        return [endpoint_of(row) for row in await self._ask(tenant, _LIST)]

    async def get(self, tenant: TenantId, endpoint: EndpointId) -> WebhookEndpoint:
        """The endpoint. NotFound."""
        return endpoint_of(await self._one(tenant, _GET, endpoint))

    async def update(self, tenant: TenantId, endpoint: EndpointId, change: EndpointChange) -> WebhookEndpoint:
        """The changed endpoint; enabling forgets why it was disabled, and goes on where it was. NotFound."""
        values = {
            "url": change.url,
            "types": _texts(change.types),
            "all_types": change.all_types,
            "description": change.description,
            "enabled": change.enabled,
        }
        return endpoint_of(await self._one(tenant, _UPDATE, endpoint, values))

    async def rotate(self, tenant: TenantId, endpoint: EndpointId, secret: Secret) -> WebhookEndpoint:
        """Signs with this secret from now on, and for 24 hours with the former one as well. NotFound."""
        values = {"secret": self._sealed(secret, tenant, endpoint), "signs": OLD_SECRET_SIGNS}
        return endpoint_of(await self._one(tenant, _ROTATE, endpoint, values))

    async def delete(self, tenant: TenantId, endpoint: EndpointId) -> None:
        """Forgets the endpoint; its deliveries are never claimed again. NotFound."""
        await self._one(tenant, _DELETE, endpoint)

    async def secrets(self, tenant: TenantId, endpoint: EndpointId) -> Sequence[Secret]:
        """What is signed with now, the newest first; empty when it cannot be opened. NotFound."""
        row = await self._one(tenant, _SECRETS, endpoint)
        return opened(self._keys, tenant, endpoint, row)

    def _sealed(self, secret: Secret, tenant: TenantId, endpoint: EndpointId) -> str:
        return self._keys.seal(secret, endpoint_place(tenant, endpoint))

    async def _one(
        self,
        tenant: TenantId,
        query: LiteralString,
        endpoint: EndpointId,
        values: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        rows = await self._ask(tenant, query, endpoint, values) if is_id(endpoint) else ()
        if not rows:
            raise NotFound("no such endpoint")
        return rows[0]

    async def _ask(
        self,
        tenant: TenantId,
        query: LiteralString,
        endpoint: EndpointId | None = None,
        values: dict[str, Any] | None = None,
    ) -> Sequence[dict[str, Any]]:
        async def work(connection: Connection) -> Sequence[dict[str, Any]]:
            cursor = connection.cursor(row_factory=dict_row)
            named = {"tenant": tenant, "id": endpoint} | (values or {})
            return await (await cursor.execute(query, named)).fetchall()

        return await self._db.as_tenant(tenant, work)


def _texts(types: frozenset[EventType] | None) -> list[str] | None:
    return None if types is None else sorted(types)
