"""One thing that happened between an account and a person, from Meta's JSON to the core's words.

Sources: Webhooks reference for ``page`` and ``instagram``, and the shapes that were met beside it. What
has a name is read by name; what a person did that this release does not know is shown as ``unsupported``
with Meta's JSON beside it, and what concerns nobody in particular is kept for the operator.
"""

import hashlib
from typing import Any

from meta_inbox.adapters.meta_graph.json_values import (
    as_dict,
    as_flag,
    as_id,
    as_label,
    as_moment,
    as_text,
)
from meta_inbox.adapters.meta_graph.reader_changes import CHANGES, read_named_change, say
from meta_inbox.adapters.meta_graph.reader_ids import made_up_id, message_id, tidy_name
from meta_inbox.adapters.meta_graph.reader_message import read_content, read_referral
from meta_inbox.adapters.meta_graph.reader_notices import NOTICES, read_notice
from meta_inbox.domain.model.changes import Unsent
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.model.window import OpeningKind

REDACTED = "meta_inbox_redacted"
"""Stands in a journalled body for what was taken back."""
TEST_ENTRY = "0"
TEST_SENDER = "12334"
_TEST_RECIPIENTS = frozenset({"23245", "233445667"})
_BESIDE = frozenset({"sender", "recipient", "timestamp", "hop_context", "prior_message", "is_self"})
# The apps of Meta's own inboxes: who answers there answers by hand (Conversation Routing; the first
# is what echoes were seen to carry).
_BY_HAND = frozenset({"26390203743090", "263902037430900", "1217981644879628"})


def read_event(item: WebhookItem, event: dict[str, Any], *, standby: bool = False) -> WebhookItem:
    """Fills the item in from one element of ``messaging`` or ``standby``."""
    sender, recipient = _party(event, "sender"), _party(event, "recipient")
    ours = sender is not None and sender == item.external_id
    contact = recipient if ours else sender
    item.contact_id = ContactId(contact) if contact else None
    item.sent_at = as_moment(event.get("timestamp"))
    item.event = _name(event)
    if is_test(item.external_id, sender, recipient) or REDACTED in event:
        item.kind = ItemKind.TEST
    elif ours and recipient == sender:
        item.contact_id, item.event = None, _to_itself(item.event)
    elif item.event == "message":
        _read_message(item, event, ours=ours, recipient=recipient)
    elif item.event == "postback":
        _read_postback(item, event, ours=ours)
    elif item.event in CHANGES:
        read_named_change(item, as_dict(event.get(item.event)), ours=ours)
    else:
        read_notice(item, event, ours=ours)
    if standby:
        item.standby = True
        item.event = f"standby.{item.event}"
    return item


def _to_itself(event: str) -> str:
    """What an account does with itself is nobody's message, and kept."""
    return "self" if event == "message" else event


def is_test(external_id: str, sender: str | None, recipient: str | None) -> bool:
    """Whether this is what the dashboard's test button sends, which is nobody's message."""
    made_up = sender == TEST_SENDER and recipient in _TEST_RECIPIENTS
    return external_id == TEST_ENTRY or made_up


def _read_message(item: WebhookItem, event: dict[str, Any], *, ours: bool, recipient: str | None) -> None:
    message = as_dict(event["message"])
    if message is None:
        item.problem = "message is not an object"
        return
    if as_flag(message.get("is_self")):
        item.event = "self"
        return
    echo = ours or as_flag(message.get("is_echo"))
    item.contact_id = ContactId(recipient) if echo and recipient else (None if echo else item.contact_id)
    if as_flag(message.get("is_deleted")):
        item.event = "message_deleted"
        say(item, Unsent(), message.get("mid"))
        return
    item.meta_message_id = message_id(message.get("mid")) or made_up_id(item, event)
    item.problem = _missing(item)
    item.kind = ItemKind.ECHO if echo else ItemKind.MESSAGE
    read_content(item, message)
    if echo:
        item.event = "echo"
        item.client_token = as_text(message.get("metadata"))
        app_id = as_label(message.get("app_id"))
        item.app_id = None if app_id in _BY_HAND else app_id
    else:
        item.opens = OpeningKind.MESSAGE


def _read_postback(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    postback = as_dict(event["postback"])
    if postback is None:
        item.problem = "postback is not an object"
        return
    if ours:
        return
    title, payload = as_text(postback.get("title")), as_text(postback.get("payload"))
    item.meta_message_id = message_id(postback.get("mid"))
    if item.meta_message_id is None:
        seed = f"{item.contact_id}\n{event.get('timestamp')}\n{payload}".encode(errors="replace")
        item.meta_message_id = MetaMessageId("pb:" + hashlib.sha256(seed).hexdigest())
    item.problem = _missing(item)
    item.kind = ItemKind.MESSAGE
    item.type = "postback"
    item.text = title
    item.postback = {"title": title, "payload": payload}
    item.referral = read_referral(postback.get("referral"))
    item.opens = OpeningKind.POSTBACK


_KNOWN = ("message", "postback", *CHANGES, *NOTICES)


def _missing(item: WebhookItem) -> str | None:
    if item.contact_id is None:
        return "the event names no usable contact"
    return None if item.external_id else "the entry has no usable id"


def _party(event: dict[str, Any], role: str) -> str | None:
    return as_id((as_dict(event.get(role)) or {}).get("id"))


def _name(event: dict[str, Any]) -> str:
    """The kind among the members of an event, whose order says nothing; null is as good as absent."""
    said = [key for key, value in event.items() if key not in _BESIDE and value is not None]
    known = (name for name in _KNOWN if name in said)
    return tidy_name(next(known, said[0] if said else None))
