"""The files of messages: what is known of each, and what came of trying to have it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NewType

from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId

MediaId = NewType("MediaId", str)
MediaState = Literal["pending", "stored", "expired", "refused"]

MAX_BYTES = 25 * 1024 * 1024
PICTURE = -2
UNKNOWN_TYPE = "application/octet-stream"
GIVE_UP = timedelta(hours=24)
"""For how long after the message a file is tried to be had."""
LEASE = timedelta(seconds=60)
_LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file of a message, or the picture of a contact or an account.

    ``position`` is its place among the attachments, -1 = the story replied to, -2 = a picture, which is of
    no message, and an account's of no contact either.

    ``blob`` is its key in the blob store; ``fetched_on_arrival`` = the background fetches it.
    """

    id: MediaId
    tenant_id: TenantId
    account_id: AccountId
    contact_id: ContactId
    message_id: MessageId
    meta_message_id: MetaMessageId | None
    position: int
    type: str
    name: str | None
    source_url: str = field(repr=False)
    story: bool
    state: MediaState
    fetched_on_arrival: bool
    content_type: str | None = None
    size: int | None = None
    width: int | None = None
    height: int | None = None
    blob: str | None = None
    attempts: int = 0
    created_at: datetime

    @classmethod
    def picture(
        cls,
        *,
        id_: MediaId,
        tenant: TenantId,
        account: AccountId,
        contact: ContactId | None,
        source_url: str,
        at: datetime,
    ) -> "Media":
        """The picture of the contact or, with none, of the account; it is passed on and kept nowhere."""
        return cls(
            id=id_,
            tenant_id=tenant,
            account_id=account,
            contact_id=contact or ContactId(""),
            message_id=MessageId(""),
            meta_message_id=None,
            position=PICTURE,
            type="image",
            name=None,
            source_url=source_url,
            story=False,
            state="pending",
            fetched_on_arrival=False,
            created_at=at,
        )

    @property
    def is_picture(self) -> bool:
        """Whether it is the picture of a contact or an account."""
        return self.position == PICTURE

    @property
    def key(self) -> str:
        """Where its bytes are kept."""
        return self.blob or self.id

    def again_after(self, now: datetime) -> timedelta | None:
        """How long to wait after trouble; None = it has been tried for long enough."""
        if now - self.created_at >= GIVE_UP:
            return None
        return min(timedelta(seconds=5 * 2.0 ** min(self.attempts, 12)), _LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaClaim:
    """The right to fetch one file now; worthless once the lease was given to another."""

    media: Media
    fence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFile:
    """A file as it came: its type by its bytes, ``UNKNOWN_TYPE`` for whatever is not to be shown."""

    content: bytes = field(repr=False)
    content_type: str = UNKNOWN_TYPE
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshLinks:
    """Where Meta has a message's files now, by position, and its story."""

    attachments: tuple[str | None, ...] = field(default=(), repr=False)
    story: str | None = field(default=None, repr=False)

    def of(self, media: Media) -> str | None:
        """The fresh address of this file."""
        if media.story and self.story is not None:
            return self.story
        known = 0 <= media.position < len(self.attachments)
        return self.attachments[media.position] if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The bytes are in the blob store."""

    content_type: str
    size: int
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Expired:
    """Meta no longer has it, or it could not be had for too long."""


@dataclass(frozen=True, slots=True)
class Barred:
    """It must not be fetched: its address is not allowed, or it is too large."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Meta gave a fresh address; nothing else is known yet."""

    source_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not now; to be tried again."""

    after: timedelta


MediaOutcome = Stored | Expired | Barred | Moved | TryLater


def shown_as(outcome: MediaOutcome) -> dict[str, Any]:
    """What an outcome that ends the trying shows of the file."""
    match outcome:
        case Stored(content_type=content_type, size=size, width=width, height=height):
            return _shown("stored", content_type, size, width, height)
        case Expired():
            return _shown("expired")
        case Barred():
            return _shown("refused")
        case _:
            raise ValueError("this outcome ends nothing")


def _shown(
    state: MediaState,
    content_type: str | None = None,
    size: int | None = None,
    width: int | None = None,
    height: int | None = None,
) -> dict[str, Any]:
    return {"state": state, "content_type": content_type, "size": size, "width": width, "height": height}


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded:
    """A blob that nothing names any more; deleted from the store, again until that is done."""

    tenant_id: TenantId
    blob: str
