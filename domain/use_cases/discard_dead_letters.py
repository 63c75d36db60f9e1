"""The host gives events up that were set aside."""

from collections.abc import Collection
from dataclasses import dataclass

from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.ports import DeadLetters


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardDeadLetters:
    """They are forgotten, and nobody handles them any more."""

    letters: DeadLetters

    async def __call__(
        self,
        *,
        consumer: str | None,
        tenant: TenantId | str | None = None,
        ids: Collection[str] | None = None,
    ) -> int:
        """Forgets the events with these ids, or all of the consumer's; how many that are."""
        return await self.letters.discard(consumer, None if tenant is None else TenantId(tenant), ids)
