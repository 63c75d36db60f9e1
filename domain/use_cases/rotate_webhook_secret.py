"""A new secret in the place of one that may be known to others."""

from dataclasses import dataclass

from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.webhook_endpoint import EndpointId, EndpointWithSecret, new_signing_secret
from meta_inbox.domain.ports import WebhookEndpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateWebhookSecret:
    """Both sign for a day, so that receivers can change over without missing anything."""

    endpoints: WebhookEndpoints

    async def __call__(self, *, by: Principal, endpoint: EndpointId) -> EndpointWithSecret:
        """NotFound."""
        by.require(Scope.AUTOMATION_MANAGE)
        secret = new_signing_secret()
        return EndpointWithSecret(
            endpoint=await self.endpoints.rotate(by.tenant, endpoint, secret), secret=secret
        )
