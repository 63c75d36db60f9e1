"""Events on their way to endpoints, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_webhook_endpoints import secrets_of
from meta_inbox.adapters.persistence.in_memory_webhook_rows import DeliveryRow, EndpointKey, EndpointRow
from meta_inbox.adapters.persistence.in_memory_webhook_turns import next_in_turn
from meta_inbox.domain.model.event import LoggedEvent
from meta_inbox.domain.model.webhook_delivery import (
    FAILING_AT_MOST,
    KEPT_DELIVERED,
    KEPT_FAILED,
    LEASE,
    TAKEN_TOGETHER,
    DeliveryClaim,
    DeliveryOutcome,
    DeliveryState,
    WebhookDelivery,
)
from meta_inbox.domain.model.webhook_endpoint import DisabledReason

_OVER = (DeliveryState.DELIVERED, DeliveryState.GONE)


@dataclass(frozen=True, slots=True)
class InMemoryWebhookQueue:
    """Whoever holds the fence of a delivery alone can note what became of it."""

    store: InMemoryStore

    async def take(self, limit: int) -> int:
        """Makes deliveries of what was logged since for each endpoint that is behind; how many."""
        behind = [
            (key, row)
            for key, row in self.store.webhooks.endpoints.items()
            if row.endpoint.enabled and row.seq < self.store.seqs.get(key[0], 0)
        ]
        of_each = min(limit, max(1, TAKEN_TOGETHER // max(1, len(behind))))
        return sum(self._take(key, row, of_each) for key, row in behind)

    def _take(self, key: EndpointKey, row: EndpointRow, limit: int) -> int:
        tenant = key[0]
        log = self.store.events.get(tenant, [])
        found = [event for event in log if event.seq > row.seq][:limit]
        row.seq = found[-1].seq if found else self.store.seqs.get(tenant, 0)
        wanted = [event for event in found if row.endpoint.wants(event.type)]
        for event in wanted:
            self.store.webhooks.deliveries[*key, event.seq] = self._new(key, event)
        return len(wanted)

    def _new(self, key: EndpointKey, event: LoggedEvent) -> DeliveryRow:
        now = self.store.clock.now()
        delivery = WebhookDelivery(
            endpoint_id=key[1],
            event=event,
            state=DeliveryState.PENDING,
            attempt=0,
            due_at=now,
            last_status=None,
            last_error=None,
            delivered_at=None,
            created_at=now,
        )
        return DeliveryRow(delivery=delivery, due_at=now, settled_at=now)

    async def claim_due(self, limit: int) -> Sequence[DeliveryClaim]:
        """Claims what is due of enabled endpoints, in the log's order, with a lease and a fence."""
        chosen = next_in_turn(self.store.webhooks, self.store.clock.now(), limit)
        claims = [self._claim(owner, row) for owner, row in chosen]
        return sorted(claims, key=lambda claim: claim.event.seq)

    def _claim(self, owner: EndpointRow, row: DeliveryRow) -> DeliveryClaim:
        row.fence, row.lease_until = self.store.ids.new(), self.store.clock.now() + LEASE
        row.delivery = replace(row.delivery, attempt=row.delivery.attempt + 1)
        return DeliveryClaim(
            endpoint=owner.endpoint,
            event=row.delivery.event,
            secrets=secrets_of(self.store, owner),
            attempt=row.delivery.attempt,
            fence=row.fence,
        )

    async def settle(self, claim: DeliveryClaim, outcome: DeliveryOutcome) -> bool:
        """Notes how it stands; False and nothing when the fence is stale."""
        key = (claim.event.tenant_id, claim.endpoint.id)
        row = self.store.webhooks.deliveries.get((*key, claim.event.seq))
        if row is None or row.fence != claim.fence:
            return False
        now = self.store.clock.now()
        row.fence = row.lease_until = None
        if outcome.after is not None:
            row.due_at = now + outcome.after
        if not outcome.counts:
            row.delivery = replace(row.delivery, attempt=row.delivery.attempt - 1, due_at=row.due_at)
            return True
        row.settled_at = now
        row.delivery = replace(
            row.delivery,
            state=outcome.state,
            due_at=row.due_at if outcome.state is DeliveryState.PENDING else None,
            last_status=outcome.posted.status,
            last_error=outcome.error,
            delivered_at=now if outcome.state is DeliveryState.DELIVERED else None,
        )
        self._note(self.store.webhooks.endpoints[key], outcome)
        return True

    def _note(self, owner: EndpointRow, outcome: DeliveryOutcome) -> None:
        now, endpoint = self.store.clock.now(), owner.endpoint
        if outcome.posted.arrived:
            owner.endpoint = replace(endpoint, failing_since=None)
        elif outcome.missed and endpoint.enabled:
            since = endpoint.failing_since or now
            reason = DisabledReason.FAILING if since <= now - FAILING_AT_MOST else None
            reason = DisabledReason.GONE if outcome.unwanted else reason
            owner.endpoint = replace(
                endpoint, failing_since=since, enabled=reason is None, disabled_reason=reason
            )

    async def forget(self, limit: int) -> int:
        """Forgets old deliveries, and secrets that sign no more; how many."""
        table, now = self.store.webhooks, self.store.clock.now()
        old = [
            key
            for key, row in table.deliveries.items()
            if row.settled_at < now - (KEPT_DELIVERED if row.delivery.state in _OVER else KEPT_FAILED)
        ]
        for key in old[:limit]:
            del table.deliveries[key]
        for owner in table.endpoints.values():
            if owner.former_until is not None and owner.former_until < now:
                owner.former = owner.former_until = None
        return len(old[:limit])
