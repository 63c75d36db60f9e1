"""A message as the API shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from meta_inbox.adapters.http.media_urls import MediaLinks
from meta_inbox.adapters.http.wire import utc, utc_or_none
from meta_inbox.domain.model.content import Button
from meta_inbox.domain.model.message import Attachment, Message, Part, Reaction, ReplyTo, SendError, Version

W = TypeVar("W", bound=msgspec.Struct)


class AttachmentWire(msgspec.Struct, kw_only=True):
    """A part that is not text; ``url`` is ours, null for a part that is no file of its own."""

    id: str
    type: str
    url: str | None
    name: str | None
    content_type: str | None
    size: int | None
    width: int | None
    height: int | None
    state: str

    @classmethod
    def of(cls, attachment: Attachment, url: str | None) -> "AttachmentWire":
        """The attachment, with our address in place of Meta's."""
        return cls(
            id=attachment.id,
            type=attachment.type,
            url=url,
            name=attachment.name,
            content_type=attachment.content_type,
            size=attachment.size,
            width=attachment.width,
            height=attachment.height,
            state=attachment.state,
        )


class ButtonWire(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A button that was sent."""

    type: str
    title: str
    url: str | msgspec.UnsetType = msgspec.UNSET
    payload: str | msgspec.UnsetType = msgspec.UNSET

    @classmethod
    def of(cls, button: Button) -> "ButtonWire":
        """The button with what its type has."""
        return cls(
            type=button.type,
            title=button.title,
            url=msgspec.UNSET if button.url is None else button.url,
            payload=msgspec.UNSET if button.payload is None else button.payload,
        )


class ReplyToWire(msgspec.Struct, kw_only=True):
    """The message that is answered."""

    id: str | None
    message_id: str | None

    @classmethod
    def of(cls, replied: ReplyTo) -> "ReplyToWire":
        """Our id and Meta's."""
        return cls(id=replied.id, message_id=replied.meta_message_id)


class StoryWire(msgspec.Struct, kw_only=True):
    """The story that a message mentions or replies to; ``url`` is ours, dead once ``expired``."""

    id: str | None = None
    kind: str | None = None
    url: str | None = None
    expired: bool = False

    @classmethod
    def of(cls, story: Mapping[str, Any], url: str | None) -> "StoryWire":
        """The story, with our address in place of Meta's."""
        found = {name: story.get(name) for name in ("id", "kind")}
        return msgspec.convert({**found, "url": url, "expired": story.get("expired") is True}, cls)


class ReferralWire(msgspec.Struct, kw_only=True):
    """What brought the contact here: an advertisement, a link, a product."""

    source: str | None = None
    type: str | None = None
    ref: str | None = None
    ad_id: str | None = None
    title: str | None = None
    product_id: str | None = None

    @classmethod
    def of(cls, referral: Mapping[str, Any] | None) -> "ReferralWire | None":
        """What is known of it."""
        return _known(cls, referral)


class ErrorWire(msgspec.Struct, kw_only=True):
    """Why a message was not sent, with what Meta said; ``user_…`` is in Meta's words for people."""

    code: str
    detail: str
    meta_code: int | None
    meta_subcode: int | None
    fbtrace_id: str | None
    user_title: str | None = None
    user_message: str | None = None

    @classmethod
    def of(cls, error: SendError) -> "ErrorWire":
        """The error with what Meta said."""
        return cls(
            code=error.code,
            detail=error.detail,
            meta_code=error.meta_code,
            meta_subcode=error.meta_subcode,
            fbtrace_id=error.fbtrace_id,
            user_title=error.user_title,
            user_message=error.user_message,
        )


class ReactionWire(msgspec.Struct, kw_only=True):
    """One reaction to a message."""

    by: str
    reaction: str
    emoji: str | None
    at: datetime

    @classmethod
    def of(cls, reaction: Reaction) -> "ReactionWire":
        """The reaction of one side."""
        return cls(
            by=reaction.by.value,
            reaction=reaction.reaction or "",
            emoji=reaction.emoji,
            at=utc(reaction.at),
        )


class VersionWire(msgspec.Struct, kw_only=True):
    """A text that the message had; ``number`` 0 is the first."""

    number: int
    text: str | None
    at: datetime

    @classmethod
    def of(cls, version: Version) -> "VersionWire":
        """The version."""
        return cls(number=version.number, text=version.text, at=utc(version.at))


class PartWire(msgspec.Struct, kw_only=True):
    """One part of a text that was sent in several."""

    index: int
    text: str
    message_id: str | None
    status: str
    error: ErrorWire | None

    @classmethod
    def of(cls, part: Part) -> "PartWire":
        """The part with Meta's own id, and what became of it."""
        return cls(
            index=part.index,
            text=part.text,
            message_id=part.meta_message_id,
            status=part.status.value,
            error=ErrorWire.of(part.error) if part.error else None,
        )


class MessageWire(msgspec.Struct, kw_only=True):
    """A message; ``message_id`` is Meta's own id, null until Meta gave one.

    ``edits`` has every text of an edited message, the first included. ``details``: what only its type has.
    ``standby``: it came while another app owned the thread; nothing may answer it by itself.
    ``imported``: it was read back from Meta, no webhook brought it.
    """

    id: str
    account_id: str
    contact_id: str
    message_id: str | None
    direction: str
    type: str
    text: str | None
    attachments: list[AttachmentWire]
    buttons: list[ButtonWire]
    quick_reply: str | None
    postback: dict[str, Any] | None
    reply_to: ReplyToWire | None
    story: StoryWire | None
    referral: ReferralWire | None
    reactions: list[ReactionWire]
    edits: list[VersionWire]
    details: dict[str, Any] | None
    standby: bool
    status: str
    origin: str
    sent_by: str | None
    error: ErrorWire | None
    next_attempt_at: datetime | None
    parts: list[PartWire]
    edited_at: datetime | None
    deleted_at: datetime | None
    sent_at: datetime | None
    imported: bool
    created_at: datetime

    @classmethod
    def of(cls, message: Message, links: MediaLinks | None = None) -> "MessageWire":
        """The message as it is now; without ``links`` its files have no addresses."""
        return cls(
            id=message.id,
            account_id=message.account_id,
            contact_id=message.contact_id,
            message_id=message.shown_meta_id,
            direction=message.direction,
            type=message.type,
            text=message.text,
            attachments=_attachments(message, links) if message.attachments else [],
            buttons=[ButtonWire.of(button) for button in message.buttons] if message.buttons else [],
            quick_reply=message.quick_reply,
            postback=message.postback,
            reply_to=ReplyToWire.of(message.reply_to) if message.reply_to else None,
            story=_story(message, message.story, links) if message.story is not None else None,
            referral=ReferralWire.of(message.referral) if message.referral is not None else None,
            reactions=[ReactionWire.of(each) for each in message.shown_reactions]
            if message.reactions
            else [],
            edits=[VersionWire.of(version) for version in message.edits] if message.edits else [],
            details=message.details,
            standby=message.standby,
            status=message.status,
            origin=message.origin,
            sent_by=message.sent_by,
            error=ErrorWire.of(message.error) if message.error else None,
            next_attempt_at=utc_or_none(message.next_attempt_at),
            parts=[PartWire.of(part) for part in message.parts] if message.parts else [],
            edited_at=utc_or_none(message.edited_at),
            deleted_at=utc_or_none(message.deleted_at),
            sent_at=utc_or_none(message.sent_at),
            imported=message.imported,
            created_at=utc(message.created_at),
        )


def _known(shape: type[W], found: Mapping[str, Any] | None) -> W | None:
    """What the shape names of it; a newer reader may have kept more."""
    if found is None:
        return None
    names = (field.name for field in msgspec.structs.fields(shape))
    return msgspec.convert({name: found[name] for name in names if name in found}, shape)


def _attachments(message: Message, links: MediaLinks | None) -> list[AttachmentWire]:
    return [
        AttachmentWire.of(each, links.of(message.tenant_id, each.id) if links and each.has_file else None)
        for each in message.attachments
    ]


def _story(message: Message, story: Mapping[str, Any], links: MediaLinks | None) -> StoryWire:
    media = story.get("media_id")
    return StoryWire.of(story, links.of(message.tenant_id, media) if links and media else None)
