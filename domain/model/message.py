"""A message, in either direction, and what an answer may contain."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from meta_inbox.domain.model.changes import Party
from meta_inbox.domain.model.ids import (
    AccountId,
    ContactId,
    MessageId,
    MetaMessageId,
    TenantId,
    UserId,
)

MADE_UP = ("pb:", "ev:")
"""How ids begin that stand in for one that Meta did not give."""


class Direction(StrEnum):
    """Who wrote: the contact (inbound) or the business (outbound)."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class MessageStatus(StrEnum):
    """What is known of a message's way. ``unknown`` = it may have arrived; nobody can say yet."""

    RECEIVED = "received"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def is_settled(self) -> bool:
        """Whether it is known what came of sending it."""
        return self in _SETTLED


_SETTLED = frozenset({MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ, MessageStatus.FAILED})


class Origin(StrEnum):
    """Where a message was written."""

    CONTACT = "contact"
    AGENT = "agent"
    AUTOMATION = "automation"
    NATIVE_APP = "native_app"
    OTHER_APP = "other_app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part of a message that is not text; ``source_url`` is Meta's, short-lived and never shown.

    ``has_file`` = there is a file to look at, under the attachment's id; ``story`` = it is of a story.
    """

    id: str
    type: str
    source_url: str | None = None
    name: str | None = None
    content_type: str | None = None
    size: int | None = None
    width: int | None = None
    height: int | None = None
    state: Literal["pending", "stored", "expired", "refused"] = "pending"
    has_file: bool = False
    story: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button of an answer: it opens ``url``, or hands ``payload`` back."""

    type: Literal["web_url", "postback"]
    title: str
    url: str | None = None
    payload: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTo:
    """The message that is answered; ``id`` is ours when we know it."""

    id: MessageId | None
    meta_message_id: MetaMessageId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """The last that one side did about reacting; ``reaction`` None = it took its reaction back."""

    by: Party
    reaction: str | None
    emoji: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A text that the message had; ``number`` 0 is the first, None as text = Meta did not say."""

    number: int
    text: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SendError:
    """Why a message was not sent, or is not known to be; ``user_…`` is what Meta would have people read."""

    code: str
    detail: str
    meta_code: int | None = None
    meta_subcode: int | None = None
    fbtrace_id: str | None = None
    user_title: str | None = None
    user_message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextContent:
    """An answer of plain text."""

    text: str
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaContent:
    """An answer that is an image at a public https address."""

    url: str
    type: Literal["image"] = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonsContent:
    """An answer of text with one to three buttons."""

    text: str
    buttons: tuple[Button, ...]
    type: Literal["buttons"] = "buttons"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateReplyContent:
    """The one answer in private that a comment may have."""

    comment: MetaMessageId
    text: str
    type: Literal["private_reply"] = "private_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicReplyContent:
    """An answer that everybody reads under the comment."""

    comment: MetaMessageId
    text: str
    type: Literal["public_reply"] = "public_reply"


CommentReply = PrivateReplyContent | PublicReplyContent
Content = TextContent | MediaContent | ButtonsContent | CommentReply


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation; ``meta_message_id`` is unique within its account.

    ``reactions`` and ``edits`` hold what folding needs; ``shown_reactions`` is what people see.
    ``meta_sent_at``: Meta's own time of what was sent from here, known once its echo came. ``standby``:
    it came while another app owned the thread. ``details``: what only its type has.
    ``imported`` = it was read back from Meta, no webhook brought it.
    """

    id: MessageId
    tenant_id: TenantId
    account_id: AccountId
    contact_id: ContactId
    meta_message_id: MetaMessageId | None
    direction: Direction
    type: str
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    buttons: tuple[Button, ...] = ()
    quick_reply: str | None = None
    postback: dict[str, Any] | None = None
    reply_to: ReplyTo | None = None
    story: dict[str, Any] | None = None
    referral: dict[str, Any] | None = None
    status: MessageStatus
    origin: Origin
    sent_by: UserId | None = None
    error: SendError | None = None
    next_attempt_at: datetime | None = None
    human_agent: bool = False
    reactions: tuple[Reaction, ...] = ()
    edits: tuple[Version, ...] = ()
    details: dict[str, Any] | None = None
    standby: bool = False
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    sent_at: datetime | None = None
    meta_sent_at: datetime | None = None
    imported: bool = False
    created_at: datetime

    @property
    def shown_reactions(self) -> tuple[Reaction, ...]:
        """The reactions that stand."""
        return tuple(each for each in self.reactions if each.reaction is not None)

    @property
    def shown_meta_id(self) -> MetaMessageId | None:
        """Meta's id; None where Meta gave none and one was made up to tell repeats."""
        mid = self.meta_message_id
        return None if mid is None or mid.startswith(MADE_UP) else mid

    @property
    def ordered_at(self) -> datetime:
        """Its place in the conversation: inbound by Meta's time, own sends by when they were made."""
        if self.origin in (Origin.AGENT, Origin.AUTOMATION):
            return self.created_at
        return self.sent_at or self.created_at

    @classmethod
    def queued(
        cls,
        *,
        ids: tuple[str, str],
        tenant: TenantId,
        account: AccountId,
        contact: ContactId,
        content: Content,
        human_agent: bool,
        reply_to: ReplyTo | None,
        origin: Origin,
        sent_by: UserId,
        now: datetime,
        details: dict[str, Any] | None = None,
    ) -> "Message":
        """A new answer that waits to be sent; ``ids`` are for the message and for its attachment."""
        return cls(
            id=MessageId(ids[0]),
            tenant_id=tenant,
            account_id=account,
            contact_id=contact,
            meta_message_id=None,
            direction=Direction.OUTBOUND,
            type="text" if isinstance(content, CommentReply) else content.type,
            text=None if isinstance(content, MediaContent) else content.text,
            attachments=(Attachment(id=ids[1], type=content.type, source_url=content.url),)
            if isinstance(content, MediaContent)
            else (),
            buttons=content.buttons if isinstance(content, ButtonsContent) else (),
            reply_to=reply_to,
            status=MessageStatus.QUEUED,
            origin=origin,
            sent_by=sent_by,
            human_agent=human_agent,
            details=details,
            created_at=now,
        )

    def failed(self, error: SendError) -> "Message":
        """The message after a definite refusal."""
        return replace(self, status=MessageStatus.FAILED, error=error, next_attempt_at=None)
