"""Changes folded into messages: pure, and the same whatever the order in which they come, or how often.

Each function returns the very message it was given when there is nothing new, so that a store writes and
tells only what changed.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from meta_inbox.domain.model.changes import Edited, Hidden, MessageChange, Reacted, Unsent
from meta_inbox.domain.model.message import Direction, Message, MessageStatus, Reaction, Version

_KEPT = ("comment_id", "parent_id", "media_id", "post_id", "reply", "resent")
_UNDELIVERED = (MessageStatus.SENT,)
_UNREAD = (MessageStatus.SENT, MessageStatus.DELIVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How far a contact's device, and the contact, have come; the later of two always holds.

    ``delivered_to`` and ``read_to`` are in Meta's time of sending (Messenger), ``read_through`` is a place
    in the conversation (Instagram names a message, not a time).
    """

    delivered_to: datetime | None = None
    read_to: datetime | None = None
    read_through: datetime | None = None

    def later_of(self, other: "Marks") -> "Marks":
        """Both together."""
        return Marks(
            delivered_to=_later(self.delivered_to, other.delivered_to),
            read_to=_later(self.read_to, other.read_to),
            read_through=_later(self.read_through, other.read_through),
        )


def folded(message: Message, change: MessageChange, at: datetime) -> Message:
    """The message once the change is known, ``at`` being Meta's time of it."""
    match change:
        case Unsent():
            return _unsent(message, at)
        case Edited():
            return _edited(message, change, at)
        case Reacted():
            return _reacted(message, change, at)
        case Hidden(hidden=hidden):
            return _hidden(message, at, hidden=hidden)


def _unsent(message: Message, at: datetime) -> Message:
    """A tombstone: when it was there, whose it was, and nothing of what it said."""
    if message.deleted_at is not None and message.deleted_at <= at:
        return message
    return replace(
        message,
        type="deleted",
        text=None,
        attachments=(),
        buttons=(),
        quick_reply=None,
        postback=None,
        story=None,
        referral=None,
        reactions=(),
        edits=(),
        details=_names_alone(message.details),
        edited_at=None,
        deleted_at=at,
    )


def _names_alone(details: dict[str, Any] | None) -> dict[str, Any] | None:
    """Which comment it was, under which post, whether it was an answer to one, and how often it was sent."""
    names = {name: (details or {}).get(name) for name in _KEPT}
    return {name: value for name, value in names.items() if value is not None} or None


def _edited(message: Message, change: Edited, at: datetime) -> Message:
    """The text of the highest number stands; of one number the latest."""
    if message.deleted_at is not None or change.number < 1:
        return message
    versions = {version.number: version for version in message.edits}
    versions.setdefault(0, Version(number=0, text=message.text, at=message.ordered_at))
    new = Version(number=change.number, text=change.text, at=at)
    former = versions.get(change.number)
    if former is not None and _rank(former) >= _rank(new):
        return message
    versions[change.number] = new
    edits = tuple(versions[number] for number in sorted(versions))
    said = [version.text for version in edits if version.text is not None]
    return replace(message, edits=edits, text=said[-1] if said else None, edited_at=edits[-1].at)


def _rank(version: Version) -> tuple[datetime, str]:
    return version.at, version.text or ""


def _reacted(message: Message, change: Reacted, at: datetime) -> Message:
    """One reaction a side: the last it did."""
    if message.deleted_at is not None:
        return message
    new = Reaction(by=change.by, reaction=change.reaction, emoji=change.emoji, at=at)
    former = next((each for each in message.reactions if each.by is new.by), None)
    if former is not None and _standing(former) >= _standing(new):
        return message
    others = [each for each in message.reactions if each.by is not new.by]
    return replace(message, reactions=tuple(sorted([*others, new], key=lambda each: each.by)))


def _standing(reaction: Reaction) -> tuple[datetime, str, str]:
    return reaction.at, reaction.reaction or "", reaction.emoji or ""


def _hidden(message: Message, at: datetime, *, hidden: bool) -> Message:
    details = message.details or {}
    since = details.get("hidden_at")
    new = {**details, "hidden": hidden, "hidden_at": at.isoformat()}
    if message.deleted_at is not None or (since is not None and _hiding(details) >= _hiding(new)):
        return message
    return replace(message, details=new)


def _hiding(details: dict[str, Any]) -> tuple[datetime, bool]:
    return datetime.fromisoformat(details["hidden_at"]), details["hidden"]


def receipted(message: Message, marks: Marks) -> Message:
    """The message after receipts that may have come before Meta's answer or its echo."""
    if message.direction is not Direction.OUTBOUND or message.status not in _UNREAD:
        return message
    sent_at = message.meta_sent_at or message.sent_at
    if _is_by(sent_at, marks.read_to) or _is_by(message.ordered_at, marks.read_through):
        return replace(message, status=MessageStatus.READ)
    if message.status in _UNDELIVERED and _is_by(sent_at, marks.delivered_to):
        return replace(message, status=MessageStatus.DELIVERED)
    return message


def delivered(message: Message) -> Message:
    """The message once Meta names it as delivered."""
    if message.direction is Direction.OUTBOUND and message.status in _UNDELIVERED:
        return replace(message, status=MessageStatus.DELIVERED)
    return message


def echoed(own: Message, at: datetime) -> Message:
    """An own message once Meta's time of it is known; the first that is told stands."""
    if own.meta_sent_at is not None and own.meta_sent_at <= at:
        return own
    return replace(own, meta_sent_at=at)


def _is_by(at: datetime | None, mark: datetime | None) -> bool:
    return at is not None and mark is not None and at <= mark


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)
