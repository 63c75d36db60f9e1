"""The tables of outgoing webhooks, in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook_delivery import WebhookDelivery
from meta_inbox.domain.model.webhook_endpoint import EndpointId, WebhookEndpoint

EndpointKey = tuple[TenantId, EndpointId]
DeliveryKey = tuple[TenantId, EndpointId, int]


@dataclass(slots=True, kw_only=True)
class EndpointRow:
    """An endpoint, its secrets, and how far its tenant's log was made into deliveries."""

    endpoint: WebhookEndpoint
    seq: int
    secret: Secret = field(repr=False)
    former: Secret | None = field(default=None, repr=False)
    former_until: datetime | None = None


@dataclass(slots=True, kw_only=True)
class DeliveryRow:
    """A delivery, and who makes an attempt of it."""

    delivery: WebhookDelivery
    due_at: datetime
    settled_at: datetime
    lease_until: datetime | None = None
    fence: str | None = None

    def is_held(self, now: datetime) -> bool:
        """Whether an attempt is under way."""
        return self.lease_until is not None and self.lease_until >= now


@dataclass(slots=True)
class WebhookTable:
    """Both tables."""

    endpoints: dict[EndpointKey, EndpointRow] = field(default_factory=dict[EndpointKey, EndpointRow])
    deliveries: dict[DeliveryKey, DeliveryRow] = field(default_factory=dict[DeliveryKey, DeliveryRow])

    def of(self, key: EndpointKey) -> list[DeliveryRow]:
        """An endpoint's deliveries, the oldest event first."""
        return [row for (*owner, _), row in sorted(self.deliveries.items()) if tuple(owner) == key]
