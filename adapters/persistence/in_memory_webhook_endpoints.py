"""Where tenants have their events posted, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_webhook_rows import EndpointRow
from meta_inbox.domain.errors import NotFound, TooManyEndpoints
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook_endpoint import (
    MOST_ENDPOINTS,
    OLD_SECRET_SIGNS,
    DisabledReason,
    EndpointChange,
    EndpointId,
    WebhookEndpoint,
)


@dataclass(frozen=True, slots=True)
class InMemoryWebhookEndpoints:
    """One row each."""

    store: InMemoryStore

    async def add(self, endpoint: WebhookEndpoint, secret: Secret) -> None:
        """Keeps a new endpoint; told is what is logged from now on. TooManyEndpoints."""
        tenant = endpoint.tenant_id
        if len(await self.list(tenant)) >= MOST_ENDPOINTS:
            raise TooManyEndpoints(f"a tenant has at most {MOST_ENDPOINTS} endpoints")
        seq = self.store.seqs.get(tenant, 0)
        self.store.webhooks.endpoints[tenant, endpoint.id] = EndpointRow(
            endpoint=endpoint, secret=secret, seq=seq
        )

    async def list(self, tenant: TenantId) -> Sequence[WebhookEndpoint]:
        """Every endpoint of the tenant, oldest first."""
        rows = self.store.webhooks.endpoints.items()
        found = [row.endpoint for (owner, _), row in rows if owner == tenant]
        return sorted(found, key=lambda endpoint: (endpoint.created_at, endpoint.id))

    async def get(self, tenant: TenantId, endpoint: EndpointId) -> WebhookEndpoint:
        """The endpoint. NotFound."""
        return self._row(tenant, endpoint).endpoint

    async def update(self, tenant: TenantId, endpoint: EndpointId, change: EndpointChange) -> WebhookEndpoint:
        """The changed endpoint; enabling forgets why it was disabled, and goes on where it was. NotFound."""
        row = self._row(tenant, endpoint)
        now = row.endpoint
        row.endpoint = replace(
            now,
            url=change.url or now.url,
            types=None if change.all_types else change.types or now.types,
            description=now.description if change.description is None else change.description,
        )
        if change.enabled is not None:
            row.endpoint = _switched(row.endpoint, on=change.enabled)
        return row.endpoint

    async def rotate(self, tenant: TenantId, endpoint: EndpointId, secret: Secret) -> WebhookEndpoint:
        """Signs with this secret from now on, and for 24 hours with the former one as well. NotFound."""
        row = self._row(tenant, endpoint)
        row.former, row.former_until = row.secret, self.store.clock.now() + OLD_SECRET_SIGNS
        row.secret = secret
        return row.endpoint

    async def delete(self, tenant: TenantId, endpoint: EndpointId) -> None:
        """Forgets the endpoint and its deliveries. NotFound."""
        self._row(tenant, endpoint)
        table = self.store.webhooks
        del table.endpoints[tenant, endpoint]
        for key in [key for key in table.deliveries if key[:2] == (tenant, endpoint)]:
            del table.deliveries[key]

    async def secrets(self, tenant: TenantId, endpoint: EndpointId) -> Sequence[Secret]:
        """What is signed with now, the newest first. NotFound."""
        return secrets_of(self.store, self._row(tenant, endpoint))

    def _row(self, tenant: TenantId, endpoint: EndpointId) -> EndpointRow:
        return endpoint_row(self.store, tenant, endpoint)


def endpoint_row(store: InMemoryStore, tenant: TenantId, endpoint: EndpointId) -> EndpointRow:
    """The endpoint's row. NotFound."""
    row = store.webhooks.endpoints.get((tenant, endpoint))
    if row is None:
        raise NotFound("no such endpoint")
    return row


def secrets_of(store: InMemoryStore, row: EndpointRow) -> Sequence[Secret]:
    """What is signed with now, the newest first."""
    signs = row.former_until is not None and row.former_until > store.clock.now()
    return [row.secret, row.former] if signs and row.former is not None else [row.secret]


def _switched(endpoint: WebhookEndpoint, *, on: bool) -> WebhookEndpoint:
    if on:
        failing_since = endpoint.failing_since if endpoint.enabled else None
        return replace(endpoint, enabled=True, disabled_reason=None, failing_since=failing_since)
    reason = endpoint.disabled_reason or DisabledReason.MANUAL
    return replace(endpoint, enabled=False, disabled_reason=reason)
