"""A message in parts: each part is sent, echoed and read by itself, and people see the whole."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from meta_inbox.domain.model.ids import MessageId
from meta_inbox.domain.model.message import Message, MessageStatus, Part, SendError
from meta_inbox.domain.model.splitting import Piece

PART_NOT_SENT = SendError(
    code="part_not_sent", detail="a part before this one could not be sent, so this one was not sent either"
)
"""What becomes of the parts behind one that failed."""
AT_REST = MessageStatus.READ
"""What a whole's own row says, so that nobody takes it for a send, or waits for a receipt of it."""
_DECIDES = (
    MessageStatus.SENDING,
    MessageStatus.QUEUED,
    MessageStatus.UNKNOWN,
    MessageStatus.FAILED,
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.READ,
)
_OF_PARTS = ("resent", "matched_by")
_MAY_GO_AGAIN = (MessageStatus.FAILED, MessageStatus.UNKNOWN)


def in_parts(message: Message, pieces: Sequence[Piece], new_id: Callable[[], str]) -> Message:
    """The message that goes in these pieces, if there are any; the ids of its parts rise."""
    parts = (
        Part(id=MessageId(new_id()), index=index, text=piece.text, before=piece.before, after=piece.after)
        for index, piece in enumerate(pieces)
    )
    return replace(message, parts=tuple(parts))


def part_messages(whole: Message) -> tuple[Message, ...]:
    """The messages that are sent in place of a whole one."""
    return tuple(
        replace(
            whole,
            id=part.id,
            text=part.text,
            reply_to=None,
            status=part.status,
            parts=(),
            part_of=whole.id,
            part_index=part.index,
            details=_details(whole, (part,)),
        )
        for part in whole.parts
    )


def part_from(message: Message, before: str, after: str) -> Part:
    """The part that such a message is."""
    return Part(
        id=message.id,
        index=message.part_index or 0,
        text=message.text or "",
        before=before,
        after=after,
        meta_message_id=message.meta_message_id,
        status=message.status,
        error=message.error,
        next_attempt_at=message.next_attempt_at,
        reactions=message.reactions,
        edited_at=message.edited_at,
        deleted_at=message.deleted_at,
        sent_at=message.sent_at,
        resent=message.resent,
        matched_by=(message.details or {}).get("matched_by"),
    )


def assembled(whole: Message, parts: Sequence[Part]) -> Message:
    """The whole as its parts make it; those that were unsent drop out."""
    left = tuple(part for part in parts if part.deleted_at is None)
    if not left:
        return _unsent(whole, parts)
    decides = _decides(left)
    return replace(
        whole,
        text="".join(_said(part, first=part is left[0]) for part in left),
        meta_message_id=left[0].meta_message_id,
        status=decides.status,
        error=decides.error,
        next_attempt_at=decides.next_attempt_at,
        reactions=tuple(each for part in left for each in part.reactions if each.reaction is not None),
        edited_at=max((part.edited_at for part in left if part.edited_at is not None), default=None),
        sent_at=left[0].sent_at,
        details=_details(whole, left),
        parts=left,
    )


def _unsent(whole: Message, parts: Sequence[Part]) -> Message:
    return replace(
        whole,
        type="deleted",
        text=None,
        meta_message_id=parts[0].meta_message_id,
        status=_decides(parts).status,
        deleted_at=max(part.deleted_at for part in parts if part.deleted_at is not None),
        sent_at=parts[0].sent_at,
        parts=(),
    )


def _details(whole: Message, parts: Sequence[Part]) -> dict[str, Any] | None:
    """The whole's details with how its parts came to be sent."""
    own = {name: value for name, value in (whole.details or {}).items() if name not in _OF_PARTS}
    resent = max(part.resent for part in parts)
    matched_by = next((part.matched_by for part in parts if part.matched_by is not None), None)
    told = {"resent": resent or None, "matched_by": matched_by}
    return own | {name: value for name, value in told.items() if value is not None} or None


def _decides(parts: Sequence[Part]) -> Part:
    """The first of those in whose state the whole is."""
    return min(parts, key=lambda part: _DECIDES.index(part.status))


def _said(part: Part, *, first: bool) -> str:
    before = "" if first and part.index > 0 else part.before
    return f"{before}{part.text}{part.after}"


def parts_to_resend(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Which are to go again: from the first that failed, or may have, all that are not known to be sent."""
    return tuple(part for part in parts if part.status in _MAY_GO_AGAIN)
