"""Whether a receiver is there, and checks its signature rightly: asked with an event that tells nothing."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from meta_inbox.domain.errors import TooManyAtOnce
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.webhook_delivery import Posted
from meta_inbox.domain.model.webhook_endpoint import EndpointId
from meta_inbox.domain.ports import Clock, EventBodies, Ids, WebhookEndpoints, WebhookPoster

AT_ONCE = 6
OF_ONE_TENANT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TryWebhookEndpoint:
    """``test_webhook_endpoint``: a name that pytest does not take for one of its own."""

    endpoints: WebhookEndpoints
    poster: WebhookPoster
    bodies: EventBodies
    clock: Clock
    ids: Ids
    under_way: Counter[TenantId] = field(default_factory=Counter[TenantId], repr=False)

    async def __call__(self, *, by: Principal, endpoint: EndpointId) -> Posted:
        """What became of a ``ping``, sent once and at once, also to one that is disabled.

        NotFound; TooManyAtOnce, for the tenant or in this process.
        """
        by.require(Scope.AUTOMATION_MANAGE)
        with self._place(by.tenant):
            return await self._ping(by, endpoint)

    async def _ping(self, by: Principal, endpoint: EndpointId) -> Posted:
        found = await self.endpoints.get(by.tenant, endpoint)
        secrets = await self.endpoints.secrets(by.tenant, endpoint)
        if not secrets:
            return Posted(error="secret_unreadable")
        id_ = self.ids.new()
        body = self.bodies.ping(id_, by.tenant, self.clock.now())
        return await self.poster.post(found.url, secrets, id_, body)

    @contextmanager
    def _place(self, tenant: TenantId) -> Generator[None]:
        """A receiver that does not answer holds up no test but its tenant's, and no delivery."""
        if self.under_way[tenant] >= OF_ONE_TENANT or self.under_way.total() >= AT_ONCE:
            raise TooManyAtOnce("too many tests at the same time")
        self.under_way[tenant] += 1
        try:
            yield
        finally:
            self.under_way[tenant] -= 1
            if not self.under_way[tenant]:
                del self.under_way[tenant]
