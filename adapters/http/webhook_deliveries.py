"""What became of the events that were to be posted to an endpoint, and having them posted once more."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from meta_inbox.adapters.http.conversations import Limit
from meta_inbox.adapters.http.cursors import SEQ_CURSOR, seq_of
from meta_inbox.adapters.http.given import By, Core
from meta_inbox.adapters.http.problems import invalid
from meta_inbox.adapters.http.request import query
from meta_inbox.adapters.http.webhook_endpoints import ENDPOINT, endpoint_id
from meta_inbox.adapters.http.wire import Strict, utc, utc_or_none
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.webhook_delivery import DeliveryState, WebhookDelivery

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_State = Literal["pending", "delivered", "failed", "gone"]


class WebhookDeliveryWire(msgspec.Struct, kw_only=True):
    """An event for an endpoint: ids alone. ``cursor`` is the one of its body, ``event_id`` its webhook-id."""

    cursor: str
    event_id: str
    type: EventType
    at: datetime
    account_id: str | None
    contact_id: str | None
    message_id: str | None
    state: _State
    attempts: int
    next_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None
    delivered_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, delivery: WebhookDelivery) -> "WebhookDeliveryWire":
        """The delivery as it stands."""
        event = delivery.event
        return cls(
            cursor=str(event.seq),
            event_id=event.id,
            type=event.type,
            at=utc(event.at),
            account_id=event.account_id,
            contact_id=event.contact_id,
            message_id=event.message_id,
            state=delivery.state.value,
            attempts=delivery.attempt,
            next_attempt_at=utc_or_none(delivery.due_at),
            last_status=delivery.last_status,
            last_error=delivery.last_error,
            delivered_at=utc_or_none(delivery.delivered_at),
            created_at=utc(delivery.created_at),
        )


class WebhookDeliveries(msgspec.Struct, kw_only=True):
    """A page of deliveries; ``next_cursor`` is null at the end."""

    deliveries: list[WebhookDeliveryWire]
    next_cursor: str | None


class ReplayBody(Strict):
    """One delivery by its ``cursor``, or every failed one made since a time."""

    cursor: Annotated[str, msgspec.Meta(pattern=SEQ_CURSOR)] | msgspec.UnsetType = msgspec.UNSET
    failed_since: Annotated[datetime, msgspec.Meta(tz=True)] | msgspec.UnsetType = msgspec.UNSET


class Replayed(msgspec.Struct, kw_only=True):
    """How many deliveries are due again; one that is under way is not."""

    replayed: int


@get(f"{ENDPOINT}/deliveries", opt=query("limit", "cursor", "state"))
async def list_webhook_deliveries(
    *,
    endpoint: FromPath[str],
    by: By,
    inbox: Core,
    limit: Limit = 50,
    cursor: Annotated[str | None, QueryParameter(schema_extra={"pattern": SEQ_CURSOR})] = None,
    standing: Annotated[_State | None, QueryParameter(name="state")] = None,
) -> WebhookDeliveries:
    """Newest event first."""
    page = await inbox.list_webhook_deliveries(
        by=by,
        endpoint=endpoint_id(endpoint),
        state=None if standing is None else DeliveryState(standing),
        limit=limit,
        before=None if cursor is None else seq_of(cursor),
    )
    return WebhookDeliveries(
        deliveries=[WebhookDeliveryWire.of(delivery) for delivery in page.items],
        next_cursor=None if page.next is None else str(page.next),
    )


@post(f"{ENDPOINT}/replay", status_code=202)
async def replay_webhook_deliveries(
    endpoint: FromPath[str], data: JSONBody[ReplayBody], by: By, inbox: Core
) -> Replayed:
    """Posts events once more, with the ids that they had."""
    owner = endpoint_id(endpoint)
    if (data.cursor is msgspec.UNSET) == (data.failed_since is msgspec.UNSET):
        raise invalid("give either cursor or failed_since")
    if data.failed_since is not msgspec.UNSET:
        since = _in_utc(data.failed_since)
        return Replayed(
            replayed=await inbox.replay_webhook_deliveries.failed(by=by, endpoint=owner, since=since)
        )
    seq = seq_of(str(data.cursor))
    return Replayed(replayed=await inbox.replay_webhook_deliveries.one(by=by, endpoint=owner, seq=seq))


def _in_utc(at: datetime) -> datetime:
    """The same moment; the first or the last of all where UTC has none that early or late."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return _FIRST if at.year == _FIRST.year else _LAST
