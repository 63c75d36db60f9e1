"""Items that could not be projected when they came: one at a time, so that a bad one costs only itself."""

from dataclasses import dataclass

from meta_inbox.domain.ports import Journal, PendingItem, WebhookReader


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPending:
    """Reads journalled bodies again, with the present reader, and does what each waiting item says."""

    journal: Journal
    reader: WebhookReader

    async def __call__(self, limit: int = 100) -> int:
        """How many items were tried."""
        claimed = await self.journal.claim_due(limit)
        for pending in claimed:
            await self._project(pending)
        return len(claimed)

    async def _project(self, pending: PendingItem) -> None:
        reading = self.reader.read(pending.body)
        found = next((item for item in reading.items if item.index == pending.index), None)
        await self.journal.project(pending, found)
