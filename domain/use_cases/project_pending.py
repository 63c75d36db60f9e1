"""Items that were not projected when they came: changes, echoes, and what failed in company."""

from dataclasses import dataclass

from meta_inbox.domain.model.webhook import WebhookItem
from meta_inbox.domain.ports import Journal, PendingItem, WebhookReader


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPending:
    """Reads journalled bodies again, with the present reader, and does what each waiting item says."""

    journal: Journal
    reader: WebhookReader

    async def __call__(self, limit: int = 100) -> int:
        """How many items were tried."""
        claimed = await self.journal.claim_due(limit)
        if claimed:
            await self.journal.project([(pending, self._item(pending)) for pending in claimed])
        return len(claimed)

    def _item(self, pending: PendingItem) -> WebhookItem | None:
        reading = self.reader.read(pending.body)
        return next((item for item in reading.items if item.index == pending.index), None)
