"""Uploads that nobody sent are forgotten."""

from dataclasses import dataclass

from meta_inbox.domain.ports import Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardUploads:
    """Their bytes are deleted after them, as those of messages are."""

    uploads: Uploads

    async def __call__(self, limit: int = 100) -> int:
        """Forgets what is due; how many."""
        return await self.uploads.discard_unsent(limit)
