"""Whether what waits may still be sent: the rule of the window, asked of what is known now."""

from datetime import datetime

from meta_inbox.domain.errors import CommentDeleted, NotFound
from meta_inbox.domain.model.comment_reply import require_answerable, way_of
from meta_inbox.domain.model.content import Content, opens_itself
from meta_inbox.domain.model.ids import MessageId
from meta_inbox.domain.model.message import Message, Origin
from meta_inbox.domain.model.window import SenderKind
from meta_inbox.domain.ports import Conversations


async def require_still_open(
    conversations: Conversations, message: Message, content: Content, at: datetime
) -> None:
    """Raises Refused when the message may no longer be sent at this time; Unavailable."""
    if opens_itself(content):
        return
    way = way_of(message)
    if way is not None:
        require_answerable(await _comment(conversations, message), way, at)
        return
    conversation = await conversations.find(message.tenant_id, message.account_id, message.contact_id)
    by: SenderKind = "automation" if message.origin is Origin.AUTOMATION else "person"
    conversation.require_open(at, by, human_agent=message.human_agent)


async def _comment(conversations: Conversations, reply: Message) -> Message:
    answered = (reply.reply_to.id if reply.reply_to is not None else None) or MessageId("")
    try:
        return await conversations.message(reply.tenant_id, reply.account_id, reply.contact_id, answered)
    except NotFound:
        raise CommentDeleted("the comment is no longer there") from None
