"""A tenant has its events posted to an address."""

from collections.abc import Collection
from dataclasses import dataclass

from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.webhook_endpoint import (
    EndpointId,
    EndpointWithSecret,
    WebhookEndpoint,
    chosen,
    new_signing_secret,
)
from meta_inbox.domain.ports import Clock, Ids, WebhookEndpoints, WebhookPoster
from meta_inbox.domain.use_cases.endpoint_address import require_address, require_description


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateWebhookEndpoint:
    """Events that are logged from then on are posted there; the secret is told this once."""

    endpoints: WebhookEndpoints
    poster: WebhookPoster
    clock: Clock
    ids: Ids

    async def __call__(
        self,
        *,
        by: Principal,
        url: str,
        types: Collection[EventType | str] | None = None,
        description: str = "",
    ) -> EndpointWithSecret:
        """``types`` None = every event. ContentRefused, TooManyEndpoints."""
        by.require(Scope.AUTOMATION_MANAGE)
        require_address(self.poster, url)
        require_description(description)
        endpoint = WebhookEndpoint(
            id=EndpointId(self.ids.new()),
            tenant_id=by.tenant,
            url=url,
            types=chosen(types),
            description=description,
            created_by=by.user,
            created_at=self.clock.now(),
        )
        secret = new_signing_secret()
        await self.endpoints.add(endpoint, secret)
        return EndpointWithSecret(endpoint=endpoint, secret=secret)
