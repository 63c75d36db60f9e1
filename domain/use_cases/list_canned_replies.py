"""The tenant's canned replies."""

from collections.abc import Sequence
from dataclasses import dataclass

from meta_inbox.domain.model.canned_reply import CannedReply
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import CannedReplies


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCannedReplies:
    """All of them, for whoever reads conversations."""

    replies: CannedReplies

    async def __call__(self, *, by: Principal) -> Sequence[CannedReply]:
        """By shortcut, whatever the case of its letters."""
        by.require(Scope.MESSAGES_READ)
        return await self.replies.list(by.tenant)
