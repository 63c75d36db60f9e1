"""How far the consumers of the event log have come, in memory."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from meta_inbox.adapters.persistence.in_memory import ConsumerKey, InMemoryStore
from meta_inbox.adapters.persistence.in_memory_rows import ConsumerRow
from meta_inbox.domain.model.consuming import LEASE, ConsumerClaim
from meta_inbox.domain.model.ids import TenantId

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class InMemoryConsumers:
    """Whoever holds the fence alone moves a consumer on."""

    store: InMemoryStore

    async def claim(
        self, consumer: str, tenant: TenantId | None, *, handles: bool = False
    ) -> ConsumerClaim | None:
        """Claims a log that has more for this consumer, whoever waited longest first; None = no more."""
        for each in self.store.seqs:
            if tenant in (None, each):
                self.store.consumers.setdefault((each, consumer), ConsumerRow(due_at=self.store.clock.now()))
        due = [
            (row.claimed_at or _BEFORE_ALL, key)
            for key, row in self.store.consumers.items()
            if key[1] == consumer and tenant in (None, key[0]) and self._is_due(key[0], row)
        ]
        if not due:
            return None
        _, key = min(due)
        row = self.store.consumers[key]
        row.claimed_at = self.store.clock.now()
        return claimed(self.store, key, in_hand=row.seq or 0 if handles else None)

    def _is_due(self, tenant: TenantId, row: ConsumerRow) -> bool:
        more = self.store.seqs.get(tenant, 0) > (row.seq or 0)
        return more and self.store.is_due(row.due_at) and is_free(self.store, row)

    async def advance(self, claim: ConsumerClaim, seq: int, *, missed: bool = False) -> bool:
        """Everything up to ``seq`` is done with, and the lease begins anew; False = the claim was lost."""
        row = held(self.store, claim)
        if row is None:
            return False
        go_on(row, seq, self.store.clock.now())
        row.missed = missed
        return True

    async def hold(self, claim: ConsumerClaim) -> bool:
        """The lease begins anew; False = the claim was lost or released."""
        row = held(self.store, claim)
        if row is None or row.lease_until is None:
            return False
        row.lease_until = self.store.clock.now() + LEASE
        return True

    async def put_off(self, claim: ConsumerClaim, after: timedelta) -> bool:
        """Gives the log back, to be claimed after a while at the claim's ``seq``, ``attempt``, ``missed``."""
        row = held(self.store, claim)
        if row is None:
            return False
        if claim.seq is not None:
            go_on(row, claim.seq, self.store.clock.now())
        row.attempt, row.missed = claim.attempt, claim.missed
        row.due_at = self.store.clock.now() + after
        row.lease_until = row.fence = None
        return True

    async def release(self, claim: ConsumerClaim) -> None:
        """Gives the log back, to be claimed at once."""
        row = held(self.store, claim)
        if row is not None:
            row.lease_until = None

    async def leave(self, claim: ConsumerClaim) -> None:
        """Leaves the log to the lease, which begins anew; that it runs out counts as no failure."""
        if await self.hold(claim):
            self.store.consumers[claim.tenant_id, claim.consumer].in_hand = None


def is_free(store: InMemoryStore, row: ConsumerRow) -> bool:
    """Whether nobody has the log in hand."""
    return row.lease_until is None or row.lease_until < store.clock.now()


def is_orphan(row: ConsumerRow, in_hand: int) -> bool:
    """Whether the lease of whoever had this in hand ran out."""
    return row.lease_until is not None and row.in_hand == in_hand


def claimed(store: InMemoryStore, key: ConsumerKey, *, in_hand: int | None) -> ConsumerClaim:
    """The log, in new hands."""
    row = store.consumers[key]
    row.attempt += is_orphan(row, row.seq or 0)
    row.in_hand = in_hand
    row.fence, row.lease_until = store.ids.new(), store.clock.now() + LEASE
    return ConsumerClaim(
        tenant_id=key[0],
        consumer=key[1],
        fence=row.fence,
        seq=row.seq,
        attempt=row.attempt,
        missed=row.missed,
    )


def held(store: InMemoryStore, claim: ConsumerClaim) -> ConsumerRow | None:
    """The row, as long as nobody else has it in hand."""
    row = store.consumers.get((claim.tenant_id, claim.consumer))
    return row if row is not None and row.fence == claim.fence else None


def go_on(row: ConsumerRow, seq: int, now: datetime) -> None:
    """Everything up to there is done with."""
    row.seq, row.attempt, row.due_at = max(row.seq or 0, seq), 0, now
    row.lease_until = now + LEASE if row.lease_until is not None else None
