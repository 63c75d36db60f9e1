"""An address that a tenant's events are posted to, and the secret they are signed with."""

import secrets
from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from meta_inbox.domain.errors import EndpointDisabled
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import TenantId, UserId
from meta_inbox.domain.model.secret import Secret

EndpointId = NewType("EndpointId", str)

MOST_ENDPOINTS = 20
"""Of one tenant."""
OLD_SECRET_SIGNS = timedelta(hours=24)
"""How long a secret that was replaced signs beside the new one."""
LONGEST_URL = 2048
LONGEST_DESCRIPTION = 200
_SECRET_BYTES = 32


class DisabledReason(StrEnum):
    """Why nothing is posted there: the tenant said so, the receiver did, or nothing arrived for days."""

    MANUAL = "manual"
    GONE = "gone"
    FAILING = "failing"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """Where events go; ``types`` None = all of them.

    ``failing_since``: no attempt succeeded since then.
    """

    id: EndpointId
    tenant_id: TenantId
    url: str
    types: frozenset[EventType] | None = None
    description: str = ""
    enabled: bool = True
    disabled_reason: DisabledReason | None = None
    failing_since: datetime | None = None
    created_by: UserId
    created_at: datetime

    def wants(self, type_: EventType) -> bool:
        """Whether events of this type are posted there."""
        return self.types is None or type_ in self.types

    def require_enabled(self) -> None:
        """Raises EndpointDisabled."""
        if not self.enabled:
            raise EndpointDisabled("nothing is posted to this endpoint; enable it first")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointChange:
    """What is to become different; None = it stays. ``all_types`` wins over ``types``."""

    url: str | None = None
    types: frozenset[EventType] | None = None
    all_types: bool = False
    description: str | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointWithSecret:
    """An endpoint with its new secret, which is told this once."""

    endpoint: WebhookEndpoint
    secret: Secret


def new_signing_secret() -> Secret:
    """A secret as the Standard Webhooks specification writes it."""
    return Secret("whsec_" + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode())


def chosen(types: Collection[EventType | str] | None) -> frozenset[EventType] | None:
    """The types as the model has them. ValueError for one that does not exist, and for none at all."""
    if types is None:
        return None
    if not types:
        raise ValueError("an endpoint that wants no event is none")
    return frozenset(map(EventType, types))
