"""A message, in either direction, and what an answer may contain."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from meta_inbox.domain.model.changes import Party
from meta_inbox.domain.model.content import (
    Button,
    CommentReply,
    Content,
    buttons_of,
    facts_of,
    media_of,
    words_of,
)
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
class Part:
    """One of the messages at Meta in which a text that is too long for one goes, and what became of it.

    ``before`` and ``after`` are the white space around it, which is not sent. ``resent`` and
    ``matched_by`` are the part's own details.
    """

    id: MessageId
    index: int
    text: str
    before: str = ""
    after: str = ""
    meta_message_id: MetaMessageId | None = None
    status: MessageStatus = MessageStatus.QUEUED
    error: SendError | None = None
    next_attempt_at: datetime | None = None
    reactions: tuple[Reaction, ...] = ()
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    sent_at: datetime | None = None
    resent: int = 0
    matched_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation; ``meta_message_id`` is unique within its account.

    ``reactions`` and ``edits`` hold what folding needs; ``shown_reactions`` is what people see.
    ``meta_sent_at``: Meta's own time of what was sent from here, known once its echo came. ``standby``:
    it came while another app owned the thread. ``details``: what only its type has.
    ``imported`` = it was read back from Meta, no webhook brought it. ``parts``: those of a text that was too
    long for one message, of which each is a message itself, ``part_of`` this one, that nobody sees.
    ``attempted_at``: when the latest attempt to send it began.
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
    attempted_at: datetime | None = None
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
    parts: tuple[Part, ...] = ()
    part_of: MessageId | None = None
    part_index: int | None = None
    created_at: datetime

    def __post_init__(self) -> None:
        """An automation's message that says it is a person's cannot exist (ValueError)."""
        if self.human_agent and self.origin is Origin.AUTOMATION:
            raise ValueError("only a person's message carries the human-agent tag")

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
    def shown_id(self) -> MessageId:
        """Under which id people see it: of a part, the whole's."""
        return self.part_of or self.id

    @property
    def resent(self) -> int:
        """How often a person had it sent again."""
        return int((self.details or {}).get("resent", 0))

    @property
    def is_guessed(self) -> bool:
        """Whether it was found at Meta by what it says alone."""
        return (self.details or {}).get("matched_by") == "content"

    @property
    def ordered_at(self) -> datetime:
        """Its place in the conversation: inbound by Meta's time, own sends by when they were made."""
        if self.origin in (Origin.AGENT, Origin.AUTOMATION):
            return self.created_at + timedelta(microseconds=self.part_index or 0)
        return self.sent_at or self.created_at

    @classmethod
    def queued(
        cls,
        *,
        ids: tuple[str, ...],
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
        """A new answer that waits to be sent; ``ids`` are for the message and for each of its files."""
        files = zip(ids[1:], media_of(content), strict=False)
        return cls(
            id=MessageId(ids[0]),
            tenant_id=tenant,
            account_id=account,
            contact_id=contact,
            meta_message_id=None,
            direction=Direction.OUTBOUND,
            type="text" if isinstance(content, CommentReply) else content.type,
            text=words_of(content),
            attachments=tuple(
                Attachment(id=id_, type=kind, source_url=part.url) for id_, (kind, part) in files
            ),
            buttons=buttons_of(content),
            reply_to=reply_to,
            status=MessageStatus.QUEUED,
            origin=origin,
            sent_by=sent_by,
            human_agent=human_agent,
            details={**(facts_of(content) or {}), **(details or {})} or None,
            created_at=now,
        )

    def failed(self, error: SendError) -> "Message":
        """The message after a definite refusal."""
        return replace(self, status=MessageStatus.FAILED, error=error, next_attempt_at=None)

    def doubtful(self, error: SendError) -> "Message":
        """The message when nobody knows whether Meta has it."""
        return replace(self, status=MessageStatus.UNKNOWN, error=error, next_attempt_at=None)
