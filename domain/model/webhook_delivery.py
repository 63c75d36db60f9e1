"""One event on its way to one endpoint: how it stands, and what follows from each attempt."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from meta_inbox.domain.model.event import LoggedEvent
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook_endpoint import EndpointId, WebhookEndpoint

LEASE = timedelta(seconds=30)
"""Twice what an attempt may take."""
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 2 * 3600, 5 * 3600, 10 * 3600)
)
"""Between one attempt and the next; after the last there is none."""
LONGEST_RETRY_AFTER = timedelta(hours=1)
FAILING_AT_MOST = timedelta(days=3)
"""An endpoint at which nothing arrived for longer is disabled."""
AT_ONCE_TO_ONE = 4
AT_ONCE_OF_TENANT = 6
"""In all processes: more than one endpoint may have, so that the slowest does not hold up the others."""
TAKEN_TOGETHER = 1000
"""Deliveries that are made at once, for all endpoints: no more than is written in a moment."""
KEPT_DELIVERED = timedelta(days=3)
KEPT_FAILED = timedelta(days=30)
_JITTER = 0.2
_ATTEMPTS = len(PAUSES) + 1
_PUT_BACK_FOR = timedelta(seconds=2)
_GONE = 410
_OURS = "internal_error"


class DeliveryState(StrEnum):
    """``gone``: what the event was about no longer existed when it was to be posted."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery:
    """An event for an endpoint; ``event`` names what it is about, and holds none of it.

    ``due_at`` is of a pending one, and ``last_status`` is None when nobody answered.
    """

    endpoint_id: EndpointId
    event: LoggedEvent
    state: DeliveryState
    attempt: int
    due_at: datetime | None
    last_status: int | None
    last_error: str | None
    delivered_at: datetime | None
    created_at: datetime

    @property
    def tenant_id(self) -> TenantId:
        """Whose it is."""
        return self.event.tenant_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPage:
    """Some deliveries, newest event first; the next page is of those before ``next``; None at the end."""

    items: Sequence[WebhookDelivery]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryClaim:
    """A delivery whose attempt begins; ``secrets`` is empty when they cannot be opened.

    ``fence`` is worthless after the lease was given to another.
    """

    endpoint: WebhookEndpoint
    event: LoggedEvent
    secrets: Sequence[Secret] = field(repr=False)
    attempt: int
    fence: str

    @property
    def beyond(self) -> bool:
        """Whether the last attempt was made before, and nobody noted how it ended."""
        return self.attempt > _ATTEMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of one attempt: the receiver's ``status``, or the ``error`` that kept it from answering.

    Errors are ``timeout``, ``unreachable``, ``address_barred``, ``secret_unreadable``, and ``internal_error``
    for what is our own fault.
    """

    status: int | None = None
    error: str | None = None
    retry_after: timedelta | None = None

    @property
    def arrived(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOutcome:
    """How a delivery stands after an attempt; ``after`` is when a pending one is tried again.

    ``counts``: False when nothing was tried after all, so that the attempt is none.
    """

    state: DeliveryState
    posted: Posted = Posted()
    after: timedelta | None = None
    counts: bool = True

    @property
    def unwanted(self) -> bool:
        """Whether the receiver said that nothing is to be posted there any more."""
        return self.posted.status == _GONE

    @property
    def missed(self) -> bool:
        """Whether the endpoint is to blame."""
        ours = self.state is DeliveryState.GONE or self.posted.error == _OURS
        return self.counts and not ours and not self.posted.arrived

    @property
    def error(self) -> str | None:
        """Why it did not arrive, as a code; None when it did."""
        if self.state is DeliveryState.GONE:
            return "gone"
        if self.posted.arrived:
            return None
        return self.posted.error or ("endpoint_gone" if self.unwanted else "http_status")


SUBJECT_GONE = DeliveryOutcome(state=DeliveryState.GONE)
PUT_BACK = DeliveryOutcome(state=DeliveryState.PENDING, after=_PUT_BACK_FOR, counts=False)
UNFORESEEN = Posted(error=_OURS)


def outcome_of(posted: Posted, attempt: int) -> DeliveryOutcome:
    """What follows from the attempt of this number, the first being 1."""
    if posted.arrived:
        return DeliveryOutcome(state=DeliveryState.DELIVERED, posted=posted)
    if posted.status == _GONE or attempt >= _ATTEMPTS:
        return DeliveryOutcome(state=DeliveryState.FAILED, posted=posted)
    spread = random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  # no secret
    asked = min(posted.retry_after or timedelta(), LONGEST_RETRY_AFTER)
    return DeliveryOutcome(
        state=DeliveryState.PENDING, posted=posted, after=max(PAUSES[attempt - 1] * spread, asked)
    )
