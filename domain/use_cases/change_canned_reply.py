"""An agent changes a canned reply."""

from dataclasses import dataclass

from meta_inbox.domain.model.canned_reply import CannedReply, CannedReplyId, as_shortcut, as_text
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import CannedReplies


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCannedReply:
    """Answers that were made of it before stay as they are."""

    replies: CannedReplies

    async def __call__(
        self, *, by: Principal, reply: CannedReplyId, shortcut: str | None = None, text: str | None = None
    ) -> CannedReply:
        """What is not given stays. NotFound, ContentRefused, ShortcutTaken."""
        by.require(Scope.MESSAGES_SEND)
        return await self.replies.change(
            by.tenant,
            reply,
            shortcut=None if shortcut is None else as_shortcut(shortcut),
            text=None if text is None else as_text(text),
        )
