"""Another address, other events, a pause, or its end."""

from dataclasses import dataclass

from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.webhook_endpoint import EndpointChange, EndpointId, WebhookEndpoint
from meta_inbox.domain.ports import WebhookEndpoints, WebhookPoster
from meta_inbox.domain.use_cases.endpoint_address import require_address, require_description


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateWebhookEndpoint:
    """An endpoint that is enabled again goes on where it was, as far as the log reaches."""

    endpoints: WebhookEndpoints
    poster: WebhookPoster

    async def __call__(
        self, *, by: Principal, endpoint: EndpointId, change: EndpointChange
    ) -> WebhookEndpoint:
        """NotFound, ContentRefused."""
        by.require(Scope.AUTOMATION_MANAGE)
        if change.url is not None:
            require_address(self.poster, change.url)
        if change.description is not None:
            require_description(change.description)
        return await self.endpoints.update(by.tenant, endpoint, change)
