"""Idempotency keys in memory: what a caller asked for under a key, and what it was told."""

from dataclasses import dataclass
from datetime import timedelta

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_rows import KeyRow
from meta_inbox.domain.errors import InFlight, KeyReused
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.projection import refusal_of
from meta_inbox.domain.model.sending import Once
from meta_inbox.domain.ports import RefusedAnswer

_KEPT = timedelta(hours=24)
_IN_FLIGHT = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class InMemoryKeys:
    """Per tenant, for 24 hours."""

    store: InMemoryStore

    def take(self, message: Message, once: Once) -> None:
        """Takes the key for this message. InFlight or KeyReused when it is taken."""
        if self._row(message.tenant_id, once) is not None:
            raise InFlight("another request with this key has not ended yet")
        self.store.keys[message.tenant_id, once.key] = KeyRow(
            fingerprint=once.fingerprint, created_at=self.store.clock.now(), message_id=message.id
        )

    def answer_of(self, tenant: TenantId, once: Once) -> Message | None:
        """What the key was answered with, or what became of its message; None when it is new."""
        row = self._row(tenant, once)
        if row is None:
            return None
        if isinstance(row.answer, RefusedAnswer):
            raise row.answer.again()
        if row.answer is not None or row.message_id is None:
            return row.answer
        message = self.store.messages.get((tenant, row.message_id))
        return None if message is None else self._present(self.store.shown(message))

    def _present(self, message: Message) -> Message:
        young = self.store.clock.now() < message.created_at + _IN_FLIGHT
        if young and message.status in (MessageStatus.QUEUED, MessageStatus.SENDING):
            raise InFlight("another request with this key has not ended yet")
        refusal = refusal_of(message)
        if refusal is not None:
            raise refusal
        return message

    def remember(self, tenant: TenantId, once: Once, answer: Message | RefusedAnswer) -> None:
        """Keeps the first answer, unless it tells nothing of the key's message."""
        row = self.store.keys.get((tenant, once.key))
        if row is None or self._is_over(row):
            self.store.keys[tenant, once.key] = KeyRow(
                fingerprint=once.fingerprint, created_at=self.store.clock.now(), answer=answer
            )
        elif row.fingerprint == once.fingerprint and row.answer is None and not row.withdrawn:
            bare = isinstance(answer, RefusedAnswer) and answer.message is None
            row.answer = None if bare and row.message_id is not None else answer

    def forget_old(self, limit: int) -> int:
        """Forgets keys of all tenants that are over; how many."""
        over = [key for key, row in self.store.keys.items() if self._is_over(row)][:limit]
        for key in over:
            del self.store.keys[key]
        return len(over)

    def _row(self, tenant: TenantId, once: Once) -> KeyRow | None:
        """The key's row while it is kept. KeyReused when it was taken for something else."""
        row = self.store.keys.get((tenant, once.key))
        if row is None or self._is_over(row):
            return None
        if row.fingerprint != once.fingerprint:
            raise KeyReused("this key was used for another request")
        return row

    def _is_over(self, row: KeyRow) -> bool:
        return row.created_at + _KEPT <= self.store.clock.now()
