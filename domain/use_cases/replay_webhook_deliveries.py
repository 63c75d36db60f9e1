"""Events are posted once more: one of them, or all that failed."""

from dataclasses import dataclass
from datetime import datetime

from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.webhook_endpoint import EndpointId
from meta_inbox.domain.ports import WebhookDeliveries, WebhookEndpoints

_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayWebhookDeliveries:
    """With the ids that they had, so that a receiver knows what it has; the attempts begin anew."""

    endpoints: WebhookEndpoints
    deliveries: WebhookDeliveries

    async def one(self, *, by: Principal, endpoint: EndpointId, seq: int) -> int:
        """Whatever became of it; 0 while an attempt is under way. NotFound, EndpointDisabled."""
        await self._require(by, endpoint)
        return int(await self.deliveries.replay(by.tenant, endpoint, seq))

    async def failed(self, *, by: Principal, endpoint: EndpointId, since: datetime) -> int:
        """How many failed ones were made since then. NotFound, EndpointDisabled."""
        await self._require(by, endpoint)
        count, batch = 0, _BATCH
        while batch == _BATCH:
            batch = await self.deliveries.replay_failed(by.tenant, endpoint, since, _BATCH)
            count += batch
        return count

    async def _require(self, by: Principal, endpoint: EndpointId) -> None:
        by.require(Scope.AUTOMATION_MANAGE)
        (await self.endpoints.get(by.tenant, endpoint)).require_enabled()
