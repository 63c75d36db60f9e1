"""How a delivery is read from its row."""

from datetime import UTC
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.postgres_event_kinds import as_known
from meta_inbox.adapters.persistence.postgres_rows import utc_or_none
from meta_inbox.domain.model.event import LoggedEvent
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.webhook_delivery import DeliveryState, WebhookDelivery
from meta_inbox.domain.model.webhook_endpoint import EndpointId

EVENT: LiteralString = """
    d.tenant_id, d.seq, d.type, d.at, d.account_id::text, d.contact_id, d.message_id::text
"""
DELIVERY: LiteralString = (
    EVENT
    + """, d.endpoint_id::text, d.state, d.attempt, case when d.state = 'pending' then d.due_at end as due_at,
    d.last_status, d.last_error, d.delivered_at, d.created_at
"""
)


def event_of(row: dict[str, Any]) -> LoggedEvent:
    """The event that the columns of ``EVENT`` name."""
    type_, account = as_known(row["type"], row["account_id"])
    return LoggedEvent(
        tenant_id=TenantId(row["tenant_id"]),
        seq=row["seq"],
        type=type_,
        at=row["at"].astimezone(UTC),
        account_id=account,
        contact_id=row["contact_id"],
        message_id=row["message_id"],
    )


def delivery_of(row: dict[str, Any]) -> WebhookDelivery:
    """The delivery that the columns of ``DELIVERY`` say."""
    return WebhookDelivery(
        endpoint_id=EndpointId(row["endpoint_id"]),
        event=event_of(row),
        state=DeliveryState(row["state"]),
        attempt=row["attempt"],
        due_at=utc_or_none(row["due_at"]),
        last_status=row["last_status"],
        last_error=row["last_error"],
        delivered_at=utc_or_none(row["delivered_at"]),
        created_at=row["created_at"].astimezone(UTC),
    )
