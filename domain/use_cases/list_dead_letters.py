"""The host looks at the events that its handlers failed at for good."""

from collections.abc import Sequence
from dataclasses import dataclass

from meta_inbox.domain.model.consuming import DeadLetter
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.ports import DeadLetters


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDeadLetters:
    """What was set aside. Asked by the host itself, for all its tenants, so there is no principal."""

    letters: DeadLetters

    async def __call__(
        self, *, consumer: str | None = None, tenant: TenantId | str | None = None, limit: int = 100
    ) -> Sequence[DeadLetter]:
        """Those of one consumer or all, one tenant or all; what failed first comes first."""
        return await self.letters.of(consumer, None if tenant is None else TenantId(tenant), limit)
