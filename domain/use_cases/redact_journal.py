"""What a contact took back goes from the journal as well."""

from dataclasses import dataclass

from meta_inbox.domain.ports import Journal, Redaction


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactJournal:
    """Rewrites journalled bodies without the messages that were unsent meanwhile."""

    journal: Journal
    without: Redaction

    async def __call__(self) -> int:
        """How many messages were taken out."""
        return await self.journal.redact(self.without)
