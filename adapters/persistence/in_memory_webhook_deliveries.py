"""What became of deliveries, as their tenant sees it in memory, and having them made once more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_webhook_endpoints import endpoint_row
from meta_inbox.adapters.persistence.in_memory_webhook_rows import DeliveryRow
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.webhook_delivery import DeliveryPage, DeliveryState
from meta_inbox.domain.model.webhook_endpoint import EndpointId


@dataclass(frozen=True, slots=True)
class InMemoryWebhookDeliveries:
    """The rows that ``InMemoryWebhookQueue`` works on."""

    store: InMemoryStore

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
        found = [
            row.delivery
            for row in reversed(self._of(tenant, endpoint))
            if state in (None, row.delivery.state) and (before is None or row.delivery.event.seq < before)
        ]
        more = len(found) > limit
        return DeliveryPage(items=found[:limit], next=found[limit - 1].event.seq if more else None)

    async def replay(self, tenant: TenantId, endpoint: EndpointId, seq: int) -> bool:
        """Has this one posted anew; False while an attempt is under way. NotFound."""
        endpoint_row(self.store, tenant, endpoint)
        row = self.store.webhooks.deliveries.get((tenant, endpoint, seq))
        if row is None:
            raise NotFound("no such delivery")
        if row.is_held(self.store.clock.now()):
            return False
        self._begin_anew(row)
        return True

    async def replay_failed(self, tenant: TenantId, endpoint: EndpointId, since: datetime, limit: int) -> int:
        """The same for ``failed`` ones made since then, oldest first; how many. NotFound."""
        failed = [
            row
            for row in self._of(tenant, endpoint)
            if row.delivery.state is DeliveryState.FAILED and row.delivery.created_at >= since
        ]
        for row in failed[:limit]:
            self._begin_anew(row)
        return len(failed[:limit])

    def _of(self, tenant: TenantId, endpoint: EndpointId) -> Sequence[DeliveryRow]:
        endpoint_row(self.store, tenant, endpoint)
        return self.store.webhooks.of((tenant, endpoint))

    def _begin_anew(self, row: DeliveryRow) -> None:
        now = self.store.clock.now()
        row.due_at = row.settled_at = now
        row.fence = row.lease_until = None
        row.delivery = replace(
            row.delivery, state=DeliveryState.PENDING, attempt=0, due_at=now, delivered_at=None
        )
