"""An agent takes a canned reply away."""

from dataclasses import dataclass

from meta_inbox.domain.model.canned_reply import CannedReplyId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import CannedReplies


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteCannedReply:
    """Its shortcut is free again."""

    replies: CannedReplies

    async def __call__(self, *, by: Principal, reply: CannedReplyId) -> None:
        """NotFound."""
        by.require(Scope.MESSAGES_SEND)
        await self.replies.delete(by.tenant, reply)
