"""One thing that happened, from Meta's JSON to the core's words.

Sources: Webhooks reference for ``page`` and ``instagram``, and the shapes that were met beside it. What
this release does not show stays ``other``, named and kept, so that a newer reader can take it up.
"""

import hashlib
import re
from typing import Any

from meta_inbox.adapters.meta_graph.json_values import (
    as_dict,
    as_id,
    as_label,
    as_message_id,
    as_moment,
    as_text,
)
from meta_inbox.adapters.meta_graph.reader_message import read_content, read_referral
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.model.window import OpeningKind

TEST_ENTRY = "0"
TEST_SENDER = "12334"
_TEST_RECIPIENTS = frozenset({"23245", "233445667"})
_BESIDE = frozenset({"sender", "recipient", "timestamp", "hop_context", "prior_message", "is_self"})
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_OPENINGS = {"referral": OpeningKind.REFERRAL, "optin": OpeningKind.OPT_IN}


def read_event(item: WebhookItem, event: dict[str, Any], *, standby: bool = False) -> WebhookItem:
    """Fills the item in from one element of ``messaging`` or ``standby``."""
    sender, recipient = _party(event, "sender"), _party(event, "recipient")
    ours = sender is not None and sender == item.external_id
    contact = recipient if ours else sender
    item.contact_id = ContactId(contact) if contact else None
    item.sent_at = as_moment(event.get("timestamp"))
    item.event = _name(event)
    if is_test(item.external_id, sender, recipient):
        item.kind = ItemKind.TEST
    elif standby:
        item.event = f"standby.{item.event}"
    elif "message" in event:
        _read_message(item, event["message"], ours=ours, recipient=recipient)
    elif "postback" in event:
        _read_postback(item, event["postback"], ours=ours, timestamp=event.get("timestamp"))
    else:
        _read_other(item, event)
    return item


def read_change(item: WebhookItem, field: Any, value: Any) -> WebhookItem:
    """Fills the item in from one element of ``changes``; some hold an event like those of ``messaging``."""
    inner = as_dict(value)
    if inner is not None and ("sender" in inner or "recipient" in inner):
        return read_event(item, inner)
    item.event = tidy_name(field)
    item.kind = ItemKind.TEST if item.external_id == TEST_ENTRY else ItemKind.OTHER
    return item


def is_test(external_id: str, sender: str | None, recipient: str | None) -> bool:
    """Whether this is what the dashboard's test button sends, which is nobody's message."""
    made_up = sender == TEST_SENDER and recipient in _TEST_RECIPIENTS
    return external_id == TEST_ENTRY or made_up


def _read_message(item: WebhookItem, value: Any, *, ours: bool, recipient: str | None) -> None:
    message = as_dict(value)
    if message is None:
        item.problem = "message is not an object"
        return
    if message.get("is_self") is True:
        item.event = "self"
        return
    echo = ours or message.get("is_echo") is True
    item.contact_id = ContactId(recipient) if echo and recipient else (None if echo else item.contact_id)
    _name_message(item, message.get("mid"))
    if message.get("is_deleted") is True:
        item.event = "message_deleted"
        return
    item.problem = item.problem or _missing(item)
    item.kind = ItemKind.ECHO if echo else ItemKind.MESSAGE
    read_content(item, message)
    if echo:
        item.event = "echo"
        item.client_token = as_text(message.get("metadata"))
        item.app_id = as_label(message.get("app_id"))
    else:
        item.opens = OpeningKind.MESSAGE


def _read_postback(item: WebhookItem, value: Any, *, ours: bool, timestamp: Any) -> None:
    postback = as_dict(value)
    if postback is None:
        item.problem = "postback is not an object"
        return
    if ours:
        return
    title, payload = as_text(postback.get("title")), as_text(postback.get("payload"))
    if postback.get("mid") is None:
        seed = f"{item.contact_id}\n{timestamp}\n{payload}".encode(errors="replace")
        item.meta_message_id = MetaMessageId("pb:" + hashlib.sha256(seed).hexdigest())
    else:
        _name_message(item, postback["mid"])
    item.problem = item.problem or _missing(item)
    item.kind = ItemKind.MESSAGE
    item.type = "postback"
    item.text = title
    item.postback = {"title": title, "payload": payload}
    item.referral = read_referral(postback.get("referral"))
    item.opens = OpeningKind.POSTBACK


def _read_other(item: WebhookItem, event: dict[str, Any]) -> None:
    body = as_dict(event.get(item.event)) or {}
    mid = as_message_id(body.get("mid"))
    item.meta_message_id = MetaMessageId(mid) if mid else None
    item.opens = _OPENINGS.get(item.event)
    if item.event == "reaction" and body.get("action") == "react":
        item.opens = OpeningKind.REACTION


def _name_message(item: WebhookItem, value: Any) -> None:
    mid = as_message_id(value)
    if mid is None:
        item.problem = "the message has no usable id"
    else:
        item.meta_message_id = MetaMessageId(mid)


def _missing(item: WebhookItem) -> str | None:
    if item.contact_id is None:
        return "the event names no usable contact"
    return None if item.external_id else "the entry has no usable id"


def _party(event: dict[str, Any], role: str) -> str | None:
    return as_id((as_dict(event.get(role)) or {}).get("id"))


def _name(event: dict[str, Any]) -> str:
    if "message" in event:
        return "message"
    if "postback" in event:
        return "postback"
    return tidy_name(next((key for key in event if key not in _BESIDE), None))


def tidy_name(name: Any) -> str:
    """A name of Meta's if it looks like one, else ``unknown``."""
    return name if isinstance(name, str) and _NAME.fullmatch(name) else "unknown"
