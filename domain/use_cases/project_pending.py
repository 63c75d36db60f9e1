"""Items that were not projected when they came: changes, echoes, and what failed in company."""

from dataclasses import dataclass

from meta_inbox.domain.model.webhook import Reading, WebhookItem
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
            readings = {body: self.reader.read(body) for body in {pending.body for pending in claimed}}
            await self.journal.project([(each, _item(readings[each.body], each)) for each in claimed])
        return len(claimed)


def _item(reading: Reading, pending: PendingItem) -> WebhookItem | None:
    return next((item for item in reading.items if item.index == pending.index), None)
