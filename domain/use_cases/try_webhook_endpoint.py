"""Whether a receiver is there, and checks its signature rightly: asked with an event that tells nothing."""

from dataclasses import dataclass

from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.webhook_delivery import Posted
from meta_inbox.domain.model.webhook_endpoint import EndpointId
from meta_inbox.domain.ports import Clock, EventBodies, Ids, WebhookEndpoints, WebhookPoster


@dataclass(frozen=True, slots=True, kw_only=True)
class TryWebhookEndpoint:
    """``test_webhook_endpoint``: a name that pytest does not take for one of its own."""

    endpoints: WebhookEndpoints
    poster: WebhookPoster
    bodies: EventBodies
    clock: Clock
    ids: Ids

    async def __call__(self, *, by: Principal, endpoint: EndpointId) -> Posted:
        """What became of a ``ping``, sent once and at once, also to one that is disabled. NotFound."""
        by.require(Scope.AUTOMATION_MANAGE)
        found = await self.endpoints.get(by.tenant, endpoint)
        secrets = await self.endpoints.secrets(by.tenant, endpoint)
        if not secrets:
            return Posted(error="secret_unreadable")
        id_ = self.ids.new()
        body = self.bodies.ping(id_, by.tenant, self.clock.now())
        return await self.poster.post(found.url, secrets, id_, body)
