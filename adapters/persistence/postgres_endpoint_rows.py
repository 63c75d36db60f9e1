"""How a webhook endpoint is read from its row."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.adapters.persistence.postgres_event_kinds import known_of
from meta_inbox.adapters.persistence.sealed_tokens import endpoint_place
from meta_inbox.adapters.persistence.sealing import KeyRing, SealBroken
from meta_inbox.domain.model.ids import TenantId, UserId
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook_endpoint import DisabledReason, EndpointId, WebhookEndpoint

_log = log_named(__name__)

ENDPOINT: LiteralString = """
    e.tenant_id, e.id::text, e.url, e.types, e.description, e.enabled, e.disabled_reason, e.failing_since,
    e.created_by, e.created_at
"""
SECRETS: LiteralString = """
    e.secret, case when e.former_until > now() then e.former_secret end as former_secret
"""


def opened(keys: KeyRing, tenant: TenantId, endpoint: EndpointId, row: dict[str, Any]) -> Sequence[Secret]:
    """The secrets of a row, the newest first; none when they cannot be opened, which is told."""
    place = endpoint_place(tenant, endpoint)
    try:
        return [keys.open(blob, place) for blob in (row["secret"], row["former_secret"]) if blob is not None]
    except SealBroken:
        _log.error("endpoint_secret_unreadable", endpoint=endpoint)
        return []


def endpoint_of(row: dict[str, Any]) -> WebhookEndpoint:
    """The endpoint that the columns of ``ENDPOINT`` say."""
    reason, failing = row["disabled_reason"], row["failing_since"]
    created: datetime = row["created_at"]
    return WebhookEndpoint(
        id=EndpointId(row["id"]),
        tenant_id=TenantId(row["tenant_id"]),
        url=row["url"],
        types=None if row["types"] is None else known_of(row["types"]),
        description=row["description"],
        enabled=row["enabled"],
        disabled_reason=None if reason is None else DisabledReason(reason),
        failing_since=None if failing is None else failing.astimezone(UTC),
        created_by=UserId(row["created_by"]),
        created_at=created.astimezone(UTC),
    )
