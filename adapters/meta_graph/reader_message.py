"""The parts of a message: what it shows, what it answers, where it came from.

Types are open: an attachment that this release does not know is kept, and its message is
``unsupported``, with Meta's JSON beside it for a newer reader.
"""

from collections.abc import Iterable
from typing import Any

from meta_inbox.adapters.meta_graph.json_values import (
    as_dict,
    as_flag,
    as_id,
    as_label,
    as_list,
    as_message_id,
    as_text,
)
from meta_inbox.adapters.meta_graph.reader_details import read_details
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Attachment
from meta_inbox.domain.model.webhook import WebhookItem

_TYPES = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "file": "file",
    "sticker": "sticker",
    "like_heart": "sticker",
    "share": "share",
    "fallback": "share",
    "post": "share",
    "ig_post": "share",
    "media": "share",
    "media_share": "share",
    "story": "share",
    "ig_story": "share",
    "reel": "reel",
    "ig_reel": "reel",
    "story_mention": "story_mention",
    "location": "location",
    "template": "template",
    "appointment_booking": "appointment",
    "ephemeral": "view_once",
}
_SHOWN = frozenset(_TYPES.values())
_STORIES = frozenset({"story", "ig_story", "story_mention"})
_URL_KEYS = ("url", "story_media_url")
_SITE = "https://www.facebook.com"


def read_content(item: WebhookItem, message: dict[str, Any]) -> None:
    """Fills in everything that a message shows, whoever wrote it."""
    parts = [part for part in map(as_dict, as_list(message.get("attachments"))) if part is not None]
    item.attachments = _once_each(map(_attachment, parts))
    item.text = as_text(message.get("text")) or _template_text(parts) or _tapped(message)
    item.quick_reply = as_text((as_dict(message.get("quick_reply")) or {}).get("payload"))
    item.referral = read_referral(message.get("referral"))
    item.details = read_details(parts, message)
    _read_reply(item, as_dict(message.get("reply_to")) or {})
    item.type = _type(item, unsupported=as_flag(message.get("is_unsupported")))
    if item.story is None:
        _read_story(item, parts)


def read_referral(value: Any) -> dict[str, Any] | None:
    """The advertisement, link or product by which the contact came."""
    referral = as_dict(value)
    if not referral:
        return None
    context = as_dict(referral.get("ads_context_data")) or {}
    found = {key: as_label(referral.get(key)) for key in ("source", "type", "ref", "ad_id")}
    found["title"] = as_text(context.get("ad_title"))
    product = as_id((as_dict(referral.get("product")) or {}).get("id"))
    return found if product is None else {**found, "product_id": product}


def _read_reply(item: WebhookItem, reply: dict[str, Any]) -> None:
    mid = as_message_id(reply.get("mid"))
    item.reply_to = MetaMessageId(mid) if mid else None
    story = as_dict(reply.get("story"))
    if story is not None:
        item.story = {"id": as_id(story.get("id")), "kind": "reply", "url": as_text(story.get("url"))}


def _read_story(item: WebhookItem, parts: list[dict[str, Any]]) -> None:
    """A story that mentions the account, or one that was shared with it."""
    for part in parts:
        payload, name = as_dict(part.get("payload")) or {}, as_text(part.get("type"))
        if name in _STORIES:
            id_ = as_id(payload.get("story_media_id")) or as_id(payload.get("id"))
            kind = "mention" if name == "story_mention" else "share"
            item.story = {"id": id_, "kind": kind, "url": _attachment(part).source_url}
            return


def _once_each(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """The same file may be listed twice: as an image and as the sticker it is, as a share and as a post."""
    kept: dict[object, Attachment] = {}
    for index, each in enumerate(attachments):
        key: object = each.source_url or index
        if key not in kept or (each.type == "sticker" and kept[key].type == "image"):
            kept[key] = each
    return tuple(kept.values())


def _type(item: WebhookItem, *, unsupported: bool) -> str:
    if unsupported:
        return "unsupported"
    if item.story is not None:
        return "story_reply"
    first = item.attachments[0].type if item.attachments else "text"
    if item.text and first in ("text", "share"):
        return "text"
    return first if first in _SHOWN else "unsupported"


def _attachment(part: dict[str, Any]) -> Attachment:
    payload = as_dict(part.get("payload")) or {}
    name = as_text(part.get("type")) or "unknown"
    kind = "sticker" if name == "image" and payload.get("sticker_id") else _TYPES.get(name, name)
    url = next((found for key in _URL_KEYS if (found := _address(payload.get(key)))), None)
    return Attachment(
        id="",
        type=kind[:64],
        source_url=url or _address(part.get("url")),
        name=_name(as_text(payload.get("title")) or as_text(part.get("title")), _place(payload)),
        story=name in _STORIES,
    )


def _address(value: Any) -> str | None:
    """An address on the web; a reel's may leave the site out."""
    text = as_text(value)
    if text and text.startswith("/reel/"):
        return _SITE + text
    return text if text and text.startswith(("https://", "http://")) else None


def _name(title: str | None, place: str | None) -> str | None:
    return f"{title} ({place})" if title and place else title or place


def _place(payload: dict[str, Any]) -> str | None:
    """A location's coordinates, readable."""
    point = as_dict(payload.get("coordinates")) or {}
    north, east = point.get("lat", point.get("latitude")), point.get("long", point.get("longitude"))
    if isinstance(north, int | float) and isinstance(east, int | float):
        return f"{float(north):.6f}, {float(east):.6f}"
    return None


def _template_text(parts: list[dict[str, Any]]) -> str | None:
    """The words of a template, which only echoes have."""
    payloads = (as_dict(part.get("payload")) or {} for part in parts if part.get("type") == "template")
    return next((text for payload in payloads if (text := as_text(payload.get("text")))), None)


def _tapped(message: dict[str, Any]) -> str | None:
    """The question of an advertisement that somebody tapped, where the message has no words of its own."""
    return as_text((as_dict(message.get("referral")) or {}).get("text"))
