"""An agent keeps a text under a shortcut."""

from dataclasses import dataclass

from meta_inbox.domain.model.canned_reply import CannedReply, CannedReplyId, as_shortcut, as_text
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import CannedReplies, Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCannedReply:
    """From then on everybody of the tenant has it."""

    replies: CannedReplies
    ids: Ids

    async def __call__(self, *, by: Principal, shortcut: str, text: str) -> CannedReply:
        """ContentRefused, ShortcutTaken, TooManyCannedReplies."""
        by.require(Scope.MESSAGES_SEND)
        reply = CannedReply(
            id=CannedReplyId(self.ids.new()),
            tenant_id=by.tenant,
            shortcut=as_shortcut(shortcut),
            text=as_text(text),
        )
        await self.replies.add(reply)
        return reply
