"""The bodies of outgoing webhooks."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from meta_inbox.adapters.http.event_wire import EventDataWire, event_data
from meta_inbox.adapters.http.media_urls import MediaLinks, MediaUrls
from meta_inbox.adapters.http.wire import utc
from meta_inbox.domain.model.event import Event
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.ports import Clock

PING = "ping"


class EventBody(msgspec.Struct, kw_only=True):
    """An event as it is posted; ``cursor`` is its place in the tenant's log, null for a ping."""

    id: str
    type: str
    timestamp: datetime
    tenant_id: str
    cursor: str | None
    data: EventDataWire


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonEventBodies:
    """As the API would show it at this moment; addresses of files are signed for at most an hour."""

    urls: MediaUrls
    clock: Clock

    def of(self, event: Event) -> bytes:
        """The body that tells of the event."""
        now = self.clock.now()
        body = EventBody(
            id=event.id,
            type=event.type.value,
            timestamp=utc(event.at),
            tenant_id=event.tenant_id,
            cursor=str(event.seq),
            data=event_data(event, now, MediaLinks(self.urls, now)),
        )
        return msgspec.json.encode(body)

    def ping(self, id_: str, tenant: TenantId, at: datetime) -> bytes:
        """The body that tells of nothing, to try an endpoint with."""
        body = EventBody(
            id=id_, type=PING, timestamp=utc(at), tenant_id=tenant, cursor=None, data=EventDataWire()
        )
        return msgspec.json.encode(body)
