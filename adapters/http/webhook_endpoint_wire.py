"""The shapes in which endpoints of outgoing webhooks are given and shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

import msgspec

from meta_inbox.adapters.http.wire import Strict, or_none, utc, utc_or_none
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.webhook_delivery import Posted
from meta_inbox.domain.model.webhook_endpoint import (
    LONGEST_DESCRIPTION,
    EndpointChange,
    EndpointWithSecret,
    WebhookEndpoint,
    chosen,
)

_Url = Annotated[str, msgspec.Meta(pattern="^https?://[!-~]{1,2000}$")]
_Types = Annotated[list[EventType], msgspec.Meta(min_length=1, max_length=20)]
_Description = Annotated[str, msgspec.Meta(max_length=LONGEST_DESCRIPTION, pattern=r"^[^\u0000-\u001f]*$")]


class EndpointBody(Strict):
    """Where events are to be posted; without ``types`` all of them are."""

    url: _Url
    types: _Types | None = None
    description: _Description = ""


class EndpointChangeBody(Strict):
    """What is to become different; ``types`` null = all of them."""

    url: _Url | msgspec.UnsetType = msgspec.UNSET
    types: _Types | msgspec.UnsetType | None = msgspec.UNSET
    description: _Description | msgspec.UnsetType = msgspec.UNSET
    enabled: bool | msgspec.UnsetType = msgspec.UNSET

    def change(self) -> EndpointChange:
        """The change in the core's words."""
        types = or_none(self.types)
        return EndpointChange(
            url=or_none(self.url),
            types=chosen(types),
            all_types=self.types is None,
            description=or_none(self.description),
            enabled=or_none(self.enabled),
        )


class WebhookEndpointWire(msgspec.Struct, kw_only=True):
    """An endpoint; never its secret. ``types`` null = all events; ``disabled_reason`` says why it is off."""

    id: str
    url: str
    types: list[EventType] | None
    description: str
    enabled: bool
    disabled_reason: Literal["manual", "gone", "failing"] | None
    failing_since: datetime | None
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> Self:
        """The endpoint as it is now."""
        return cls(
            id=endpoint.id,
            url=endpoint.url,
            types=None if endpoint.types is None else sorted(endpoint.types),
            description=endpoint.description,
            enabled=endpoint.enabled,
            disabled_reason=None if endpoint.disabled_reason is None else endpoint.disabled_reason.value,
            failing_since=utc_or_none(endpoint.failing_since),
            created_by=endpoint.created_by,
            created_at=utc(endpoint.created_at),
        )


class WebhookEndpointWithSecret(WebhookEndpointWire, kw_only=True):
    """The endpoint with its secret, which is told this once."""

    secret: str = ""

    @classmethod
    def told(cls, made: EndpointWithSecret) -> Self:
        """Both."""
        found = cls.of(made.endpoint)
        found.secret = made.secret.reveal()
        return found


class WebhookEndpoints(msgspec.Struct, kw_only=True):
    """Every endpoint of the tenant."""

    endpoints: list[WebhookEndpointWire]

    @classmethod
    def of(cls, found: Sequence[WebhookEndpoint]) -> Self:
        """In this order."""
        return cls(endpoints=[WebhookEndpointWire.of(endpoint) for endpoint in found])


class EndpointTest(msgspec.Struct, kw_only=True):
    """What became of a ping: the receiver's ``status``, or the ``error`` that kept it from answering."""

    delivered: bool
    status: int | None
    error: str | None

    @classmethod
    def of(cls, posted: Posted) -> Self:
        """The attempt as it came out."""
        return cls(delivered=posted.arrived, status=posted.status, error=posted.error)
