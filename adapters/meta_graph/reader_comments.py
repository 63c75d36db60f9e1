"""Elements of ``changes``: comments, live comments and mentions, and whatever else a field tells.

A person's comments on an account's posts are a conversation of their own kind, apart from what they write
in private. Meta's id of a comment serves as the message's.
Sources: Webhooks reference, ``instagram`` (comments, live_comments, mentions), ``page`` (feed, mention).
"""

import hashlib
from datetime import datetime
from typing import Any

from meta_inbox.adapters.meta_graph.json_values import (
    ID_LIMIT,
    as_dict,
    as_id,
    as_label,
    as_moment,
    as_text,
)
from meta_inbox.adapters.meta_graph.reader_events import REDACTED, TEST_ENTRY, read_event
from meta_inbox.adapters.meta_graph.reader_ids import made_up_id, message_id, tidy_name
from meta_inbox.domain.model.changes import Edited, Hidden, Unsent
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem

_TYPES = {
    "comments": "comment",
    "live_comments": "live_comment",
    "feed": "comment",
    "mentions": "mention",
    "mention": "mention",
}
_EDITED = frozenset({"edit", "edited"})
_HIDING = {"hide": True, "unhide": False}
_MILLISECOND = 1000


def read_change(item: WebhookItem, field: Any, value: Any, at: datetime | None = None) -> WebhookItem:
    """Fills the item in from one element of ``changes``; some hold an event like those of ``messaging``.

    ``at`` is the time of the whole entry, for what tells none of its own.
    """
    inner = as_dict(value)
    if inner is not None and ("sender" in inner or "recipient" in inner):
        return read_event(item, inner, standby=field == "standby")
    item.event = tidy_name(field)
    if item.external_id == TEST_ENTRY or (inner is not None and REDACTED in inner):
        item.kind = ItemKind.TEST
    elif item.event in _TYPES and inner is not None and _is_comment(item.event, inner):
        item.sent_at = as_moment(inner.get("created_time")) or at
        _read(item, inner, at)
    return item


def _is_comment(field: str, value: dict[str, Any]) -> bool:
    """The feed tells of posts, photos and likes as well."""
    return field != "feed" or value.get("item") == "comment"


def _read(item: WebhookItem, value: dict[str, Any], at: datetime | None) -> None:
    if not item.external_id:
        item.problem = "the entry has no usable id"
        return
    comment = message_id(value.get("comment_id") or value.get("id"))
    verb = as_text(value.get("verb")) or "add"
    if item.event in ("mentions", "mention"):
        _read_mention(item, value, verb, at)
    elif comment is None:
        item.problem = "the comment has no usable id"
    elif verb == "add":
        _read_comment(item, value, comment)
    else:
        item.meta_message_id = comment
        _read_verb(item, value, verb, at)


def _read_verb(item: WebhookItem, value: dict[str, Any], verb: str, at: datetime | None) -> None:
    """An edit has no number: the later one stands."""
    item.sent_at = at or item.sent_at
    writer = as_id((as_dict(value.get("from")) or {}).get("id"))
    if item.contact_id is None and writer is not None and writer != item.external_id:
        item.contact_id = _contact(writer)
    if verb in _EDITED:
        since = item.sent_at.timestamp() * _MILLISECOND if item.sent_at is not None else 1
        item.says = Edited(text=as_text(value.get("message")), number=int(since))
    elif verb in _HIDING:
        item.says = Hidden(hidden=_HIDING[verb])
    elif verb == "remove":
        item.says = Unsent()
    else:
        return
    item.kind = ItemKind.CHANGE
    item.event = f"{item.event}.{verb}"


def _read_comment(item: WebhookItem, value: dict[str, Any], comment: MetaMessageId) -> None:
    item.meta_message_id = comment
    item.type = _TYPES[item.event]
    item.text = as_text(value.get("text")) or as_text(value.get("message"))
    item.details = _details(value, comment)
    writer = as_id((as_dict(value.get("from")) or {}).get("id"))
    parent = message_id(value.get("parent_id"))
    answered = parent is not None and parent != item.details.get("post_id")
    item.reply_to = parent if answered else None
    if writer is not None and writer == item.external_id:
        item.contact_id = None
        item.kind = ItemKind.ANSWER if answered else ItemKind.OTHER
        return
    item.kind = ItemKind.MESSAGE
    item.contact_id = _contact(writer or f"on-{comment}")


def _read_mention(item: WebhookItem, value: dict[str, Any], verb: str, at: datetime | None) -> None:
    """Instagram names the place and not the person, who is then unknown."""
    comment = message_id(value.get("comment_id"))
    place = as_id(value.get("media_id")) or as_id(value.get("post_id"))
    writer = as_id(value.get("sender_id")) or (f"on-{place}" if place else None)
    if writer is None or writer == item.external_id:
        item.details = _details(value, comment)
        return
    item.contact_id = _contact(writer)
    about = {name: value.get(name) for name in ("media_id", "post_id", "comment_id")}
    item.meta_message_id = made_up_id(item, {"mention": about})
    if verb != "add":
        _read_verb(item, value, verb, at)
        return
    item.kind = ItemKind.MESSAGE
    item.type = "mention"
    item.text = as_text(value.get("message"))
    item.details = _details(value, comment)


def _contact(writer: str) -> ContactId:
    """Who comments; whoever has too long an id is known by its hash."""
    usual = COMMENTS + writer
    if len(usual) <= ID_LIMIT:
        return ContactId(usual)
    return ContactId(COMMENTS + hashlib.sha256(writer.encode()).hexdigest())


def _details(value: dict[str, Any], comment: MetaMessageId | None) -> dict[str, Any]:
    writer, media = as_dict(value.get("from")) or {}, as_dict(value.get("media")) or {}
    found = {
        "comment_id": comment,
        "parent_id": as_label(value.get("parent_id")),
        "media_id": as_label(media.get("id")) or as_label(value.get("media_id")),
        "media_type": as_label(media.get("media_product_type")),
        "post_id": as_label(value.get("post_id")),
        "ad_id": as_label(media.get("ad_id")),
        "ad_title": as_text(media.get("ad_title")),
        "username": as_text(writer.get("username")),
        "name": as_text(writer.get("name")) or as_text(value.get("sender_name")),
    }
    return {name: said for name, said in found.items() if said is not None}
