"""The host has events handled once more that were set aside."""

from collections.abc import Collection
from dataclasses import dataclass

from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.ports import DeadLetters


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayDeadLetters:
    """Whoever runs the handler takes them: what is handled is gone, what fails is back in the list."""

    letters: DeadLetters

    async def __call__(
        self,
        *,
        consumer: str | None,
        tenant: TenantId | str | None = None,
        ids: Collection[str] | None = None,
    ) -> int:
        """Asks for the events with these ids, or for all of the consumer's; how many that are."""
        return await self.letters.replay(consumer, None if tenant is None else TenantId(tenant), ids)
