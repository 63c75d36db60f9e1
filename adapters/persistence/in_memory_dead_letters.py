"""Events that a host's handlers failed at for good, in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_consumers import claimed, go_on, held, is_free, is_orphan
from meta_inbox.adapters.persistence.in_memory_rows import LetterRow
from meta_inbox.domain.model.consuming import ConsumerClaim, DeadLetter
from meta_inbox.domain.model.event import LoggedEvent
from meta_inbox.domain.model.ids import TenantId


@dataclass(frozen=True, slots=True)
class InMemoryDeadLetters:
    """Whoever handles one once more holds its tenant's log meanwhile."""

    store: InMemoryStore

    async def add(self, claim: ConsumerClaim, event: LoggedEvent, attempts: int, error: str) -> bool:
        """Sets the event aside and has the consumer go on behind it; False = the claim was lost."""
        row = held(self.store, claim)
        if row is None:
            return False
        now = self.store.clock.now()
        go_on(row, event.seq, now)
        row.missed = False
        letter = DeadLetter(
            consumer=claim.consumer, event=event, attempts=attempts, error=error, failed_at=now
        )
        self.store.dead_letters[claim.tenant_id, claim.consumer, event.seq] = LetterRow(letter=letter)
        return True

    async def of(self, consumer: str | None, tenant: TenantId | None, limit: int) -> Sequence[DeadLetter]:
        """Those of one consumer or all, one tenant or all, that failed first first."""
        found = [row.shown for row in self._wanted(consumer, tenant, None)]
        return sorted(found, key=lambda letter: (letter.failed_at, letter.tenant_id, letter.event.seq))[
            :limit
        ]

    async def replay(self, consumer: str | None, tenant: TenantId | None, ids: Collection[str] | None) -> int:
        """Has these events, or all, handled once more; how many."""
        found = self._wanted(consumer, tenant, ids)
        for row in found:
            row.replay_at = self.store.clock.now()
        self.store.told()
        return len(found)

    async def discard(
        self, consumer: str | None, tenant: TenantId | None, ids: Collection[str] | None
    ) -> int:
        """Forgets these events, or all; how many."""
        found = self._wanted(consumer, tenant, ids)
        for row in found:
            del self.store.dead_letters[row.letter.tenant_id, row.letter.consumer, row.letter.event.seq]
        return len(found)

    def _wanted(
        self, consumer: str | None, tenant: TenantId | None, ids: Collection[str] | None
    ) -> list[LetterRow]:
        return [
            row
            for (owner, name, _), row in self.store.dead_letters.items()
            if tenant in (None, owner) and consumer in (None, name) and (ids is None or row.letter.id in ids)
        ]

    async def claim(self, consumer: str) -> tuple[ConsumerClaim, DeadLetter] | None:
        """Claims one that is to be handled once more, with its tenant's log; None = there is none."""
        waiting = [
            (row.replay_at, key)
            for key, row in self.store.dead_letters.items()
            if key[1] == consumer and row.replay_at is not None
            if is_free(self.store, self.store.consumers[key[:2]])
        ]
        if not waiting:
            return None
        _, key = min(waiting)
        orphan = is_orphan(self.store.consumers[key[:2]], -key[2])
        claim = claimed(self.store, key[:2], in_hand=-key[2])
        return replace(claim, attempt=int(orphan)), self.store.dead_letters[key].shown

    async def settle(self, claim: ConsumerClaim, letter: DeadLetter, error: str | None) -> bool:
        """It is handled and gone, or failed once more; False = the claim was lost."""
        key = (claim.tenant_id, claim.consumer, letter.event.seq)
        row = self.store.dead_letters.get(key)
        if row is None or held(self.store, claim) is None:
            return False
        if error is None:
            del self.store.dead_letters[key]
        else:
            now, tried = self.store.clock.now(), row.letter.attempts + 1
            row.letter = replace(row.letter, attempts=tried, error=error, failed_at=now)
            if row.replay_at == letter.asked_at:  # else it was asked for again meanwhile
                row.replay_at = None
        return True
