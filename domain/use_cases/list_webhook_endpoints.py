"""Where a tenant has its events posted."""

from collections.abc import Sequence
from dataclasses import dataclass

from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.webhook_endpoint import WebhookEndpoint
from meta_inbox.domain.ports import WebhookEndpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWebhookEndpoints:
    """All of them, oldest first, never with a secret."""

    endpoints: WebhookEndpoints

    async def __call__(self, *, by: Principal) -> Sequence[WebhookEndpoint]:
        """Disabled ones included."""
        by.require(Scope.AUTOMATION_MANAGE)
        return await self.endpoints.list(by.tenant)
