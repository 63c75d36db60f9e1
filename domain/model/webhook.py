"""What a webhook says, in the core's words: one delivery holds many items of many accounts."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from meta_inbox.domain.model.account import Login, Platform
from meta_inbox.domain.model.changes import Change
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.message import Attachment
from meta_inbox.domain.model.window import OpeningKind


class ItemKind(StrEnum):
    """What happened, as far as it decides who takes care of it.

    ``message``: something of a contact's that is shown, whatever its type. ``echo``: the business wrote.
    ``answer``: the business answered a comment, in the conversation of that comment. ``notice``: shown, but
    written by neither side. ``change``: about what is there. ``other``: kept for the operator and for a
    newer reader. ``test``: of Meta's dashboard, or taken back and rewritten: nobody's.
    """

    MESSAGE = "message"
    ECHO = "echo"
    ANSWER = "answer"
    NOTICE = "notice"
    CHANGE = "change"
    OTHER = "other"
    TEST = "test"


@dataclass(slots=True, kw_only=True)
class WebhookItem:
    """One thing that happened on one account.

    Not frozen, since tens of thousands a second are made and a frozen dataclass costs four times as
    much to make; nobody changes one. ``sent_at`` is Meta's time, None when it is absent or absurd.
    ``plain`` says that the other fields hold everything that ``raw`` does. ``standby``: another app owns
    the thread, so nothing may answer by itself. ``details``: what only this type of item has.
    """

    index: int
    platform: Platform
    external_id: str
    kind: ItemKind
    event: str
    contact_id: ContactId | None = None
    meta_message_id: MetaMessageId | None = None
    type: str = "text"
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    quick_reply: str | None = None
    postback: dict[str, Any] | None = None
    reply_to: MetaMessageId | None = None
    story: dict[str, Any] | None = None
    referral: dict[str, Any] | None = None
    opens: OpeningKind | None = None
    sent_at: datetime | None = None
    client_token: str | None = None
    app_id: str | None = None
    says: Change | None = None
    details: dict[str, Any] | None = None
    standby: bool = False
    raw: bytes = b"{}"
    plain: bool = False
    problem: str | None = None

    @property
    def is_common(self) -> bool:
        """Whether it is a contact's message that many can be stored of at once, as nearly all are."""
        return (
            self.kind is ItemKind.MESSAGE
            and self.opens is not None
            and not self.standby
            and self.details is None
            and self.referral is None
            and self.problem is None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A body as far as it could be understood; ``problem`` says why a body is not, and never raises."""

    object: str | None
    items: tuple[WebhookItem, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A signed body as it came, with what it says."""

    body: bytes = field(repr=False)
    signed_by: Login
    reading: Reading
    received_at: datetime
