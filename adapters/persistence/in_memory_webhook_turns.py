"""Which deliveries are posted next, in memory."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

from meta_inbox.adapters.persistence.in_memory_webhook_rows import (
    DeliveryRow,
    EndpointKey,
    EndpointRow,
    WebhookTable,
)
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.webhook_delivery import AT_ONCE_OF_TENANT, AT_ONCE_TO_ONE, DeliveryState

Turn = tuple[int, datetime, int]
"""Which of those under way it would be, and for equals how long it is due."""
Due = tuple[Turn, EndpointRow, DeliveryRow]


def next_in_turn(table: WebhookTable, now: datetime, limit: int) -> Sequence[tuple[EndpointRow, DeliveryRow]]:
    """Those of the tenant that has the fewest under way first, and of its endpoint that has the fewest."""
    held = Counter(key[:2] for key, row in table.deliveries.items() if _pending(row) and row.is_held(now))
    busy: Counter[TenantId] = Counter()
    for (tenant, _), count in held.items():
        busy[tenant] += count
    due: dict[TenantId, list[Due]] = {}
    for key, owner in table.endpoints.items():
        if owner.endpoint.enabled:
            due.setdefault(key[0], []).extend(_of_endpoint(table, key, owner, now, held[key]))
    ranked = [each for tenant, found in due.items() for each in _of_tenant(found, busy[tenant])]
    return [(owner, row) for _, owner, row in sorted(ranked, key=itemgetter(0))[:limit]]


def _of_endpoint(
    table: WebhookTable, key: EndpointKey, owner: EndpointRow, now: datetime, held: int
) -> list[Due]:
    free = [row for row in table.of(key) if _pending(row) and row.due_at <= now and not row.is_held(now)]
    free.sort(key=lambda row: (row.due_at, row.delivery.event.seq))
    return [
        ((turn, row.due_at, row.delivery.event.seq), owner, row)
        for turn, row in enumerate(free[: max(0, AT_ONCE_TO_ONE - held)], held)
    ]


def _of_tenant(found: list[Due], busy: int) -> list[Due]:
    ranked = sorted(found, key=itemgetter(0))[: max(0, AT_ONCE_OF_TENANT - busy)]
    return [
        ((turn, since, seq), owner, row) for turn, ((_, since, seq), owner, row) in enumerate(ranked, busy)
    ]


def _pending(row: DeliveryRow) -> bool:
    return row.delivery.state is DeliveryState.PENDING
