"""Nothing is posted to an address any more."""

from dataclasses import dataclass

from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.webhook_endpoint import EndpointId
from meta_inbox.domain.ports import WebhookEndpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteWebhookEndpoint:
    """Its secret is destroyed and what waited is forgotten; an attempt under way may still arrive."""

    endpoints: WebhookEndpoints

    async def __call__(self, *, by: Principal, endpoint: EndpointId) -> None:
        """NotFound, also the second time."""
        by.require(Scope.AUTOMATION_MANAGE)
        await self.endpoints.delete(by.tenant, endpoint)
