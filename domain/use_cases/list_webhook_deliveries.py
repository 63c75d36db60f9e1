"""What became of the events that were to be posted to an endpoint."""

from dataclasses import dataclass

from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.webhook_delivery import DeliveryPage, DeliveryState
from meta_inbox.domain.model.webhook_endpoint import EndpointId
from meta_inbox.domain.ports import WebhookDeliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWebhookDeliveries:
    """A page of them, the newest event first; ids alone, no content."""

    deliveries: WebhookDeliveries

    async def __call__(
        self,
        *,
        by: Principal,
        endpoint: EndpointId,
        state: DeliveryState | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> DeliveryPage:
        """NotFound when the tenant has no such endpoint."""
        by.require(Scope.AUTOMATION_MANAGE)
        return await self.deliveries.list(by.tenant, endpoint, state=state, limit=limit, before=before)
