"""Answering a comment: in private once and within a week, in public as often as one likes.

Sources: "Private Replies" of Messenger and of Instagram. While a broadcast lasts Meta alone knows.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from meta_inbox.domain.errors import CommentDeleted, ContentRefused, PrivateReplyUsed, WindowClosed
from meta_inbox.domain.model.content import CommentReply, PrivateReplyContent, PublicReplyContent
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Direction, Message, MessageStatus

Way = Literal["private", "public"]

PRIVATELY_WITHIN = timedelta(days=7)


def comment_id(message: Message) -> MetaMessageId:
    """Meta's id of the comment that the message is. ContentRefused when it is none, CommentDeleted."""
    mid = message.meta_message_id
    named = (message.details or {}).get("comment_id")
    if mid is None or named != mid or message.direction is not Direction.INBOUND:
        raise ContentRefused("this can be done with a comment alone", code="not_supported_here")
    if message.deleted_at is not None:
        raise CommentDeleted("the comment is no longer there")
    return mid


def reply_of(comment: Message, text: str, way: Way) -> CommentReply:
    """The answer as it is sent. ContentRefused, CommentDeleted."""
    if way == "private":
        return PrivateReplyContent(comment=comment_id(comment), text=text)
    return PublicReplyContent(comment=comment_id(comment), text=text)


def require_answerable(comment: Message, way: Way, now: datetime) -> None:
    """Raises WindowClosed when it is too old for a private answer; ContentRefused, CommentDeleted."""
    comment_id(comment)
    if way == "private" and now >= comment.ordered_at + PRIVATELY_WITHIN:
        raise WindowClosed("a comment can be answered in private for 7 days, which are over")


def require_unused(earlier: Iterable[Message]) -> None:
    """Raises PrivateReplyUsed unless every earlier private answer to the comment certainly failed."""
    if any(reply.status is not MessageStatus.FAILED for reply in earlier):
        raise PrivateReplyUsed("this comment was already answered in private, which can be done once")


def details_of(comment: Message, way: Way) -> dict[str, Any]:
    """What an answer has beside its text; a public one stands under the comment that began the thread."""
    if way == "private":
        return {"reply": way}
    return {"reply": way, "parent_id": _thread(comment)}


def _thread(comment: Message) -> MetaMessageId | None:
    answered = comment.reply_to.meta_message_id if comment.reply_to is not None else None
    return answered or comment.meta_message_id


def way_of(message: Message) -> Way | None:
    """How the message answers a comment; None when it is no answer to one from here."""
    found = (message.details or {}).get("reply")
    return found if found in ("private", "public") else None


def threads_of(reply: Message) -> tuple[MetaMessageId, ...]:
    """Under which comments Meta may say that a public answer stands."""
    named = reply.reply_to.meta_message_id if reply.reply_to is not None else None
    thread = (reply.details or {}).get("parent_id")
    return tuple(MetaMessageId(found) for found in (named, thread) if found is not None)
