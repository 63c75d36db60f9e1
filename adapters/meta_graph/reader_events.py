"""One thing that happened between an account and a person, from Meta's JSON to the core's words.

Sources: Webhooks reference for ``page`` and ``instagram``, and the shapes that were met beside it. What
has a name is read by name; what a person did that this release does not know is shown as ``unsupported``
with Meta's JSON beside it, and what concerns nobody in particular is kept for the operator.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from meta_inbox.adapters.meta_graph.json_values import (
    as_dict,
    as_flag,
    as_id,
    as_label,
    as_list,
    as_moment,
    as_text,
)
from meta_inbox.adapters.meta_graph.reader_ids import made_up_id, message_id
from meta_inbox.adapters.meta_graph.reader_message import read_content, read_referral
from meta_inbox.adapters.meta_graph.reader_notices import NOTICES, read_notice
from meta_inbox.domain.model.changes import (
    Change,
    Delivered,
    Edited,
    Party,
    PolicyEnforced,
    Reacted,
    Seen,
    Unsent,
)
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.model.window import OpeningKind

TEST_ENTRY = "0"
TEST_SENDER = "12334"
_TEST_RECIPIENTS = frozenset({"23245", "233445667"})
_BESIDE = frozenset({"sender", "recipient", "timestamp", "hop_context", "prior_message", "is_self"})
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
# The apps of Meta's own inboxes: who answers there answers by hand (Conversation Routing; the first
# is what echoes were seen to carry).
_BY_HAND = frozenset({"26390203743090", "263902037430900", "1217981644879628"})
_ESCAPED = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}")
_LONGEST_EMOJI = 64


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
    elif ours and recipient == sender:
        item.contact_id, item.event = None, _to_itself(item.event)
    elif item.event == "message":
        _read_message(item, event, ours=ours, recipient=recipient)
    elif item.event == "postback":
        _read_postback(item, event, ours=ours)
    elif item.event in _CHANGES:
        _read_change(item, as_dict(event.get(item.event)), ours=ours)
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
        _say(item, Unsent(), message.get("mid"))
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


def _read_change(item: WebhookItem, body: dict[str, Any] | None, *, ours: bool) -> None:
    if body is None:
        item.problem = f"{item.event} is not an object"
        return
    change = _CHANGES[item.event](body, Party.ACCOUNT if ours else Party.CONTACT)
    if _is_nothing(change, ours=ours):
        return
    _say(item, change, body.get("mid"))
    if isinstance(change, Reacted) and change.by is Party.CONTACT and change.reaction is not None:
        item.opens = OpeningKind.REACTION
    if isinstance(change, Delivered | Seen) and item.contact_id is None:
        item.problem = "the event names no usable contact"


def _is_nothing(change: Change, *, ours: bool) -> bool:
    """An edit that is none, or a receipt of the account's own: neither concerns a message of anybody's."""
    return (isinstance(change, Edited) and change.number == 0) or (
        ours and isinstance(change, Delivered | Seen)
    )


def _say(item: WebhookItem, change: Change, mid: Any) -> None:
    item.kind, item.says, item.meta_message_id = ItemKind.CHANGE, change, message_id(mid)
    if not item.external_id:
        item.problem = "the entry has no usable id"
        return
    if isinstance(change, PolicyEnforced):
        return
    named = item.meta_message_id is not None
    if isinstance(change, Delivered):
        named = bool(change.messages) or change.up_to is not None
    if isinstance(change, Seen):
        named = named or change.up_to is not None
    if not named:
        item.problem = "the change names no message"


def _edit(body: dict[str, Any], _: Party) -> Change:
    """``num_edit`` was met as text; without one it counts as the first, and 0 is no edit.

    Instagram was seen to send 0 for a new message to whoever did not subscribe to messages.
    """
    number = as_label(body.get("num_edit"))
    counted = int(number) if number and number.isascii() and number.isdigit() and len(number) < 9 else 1
    return Edited(text=as_text(body.get("text")), number=counted)


def _reaction(body: dict[str, Any], by: Party) -> Change:
    emoji, name = _emoji(body.get("emoji")), as_text(body.get("reaction"))
    action = body.get("action")
    if action == "unreact" or (action != "react" and name is None and emoji is None):
        return Reacted(by=by, reaction=None)
    return Reacted(by=by, reaction=(name or "other")[:64], emoji=emoji)


def _emoji(value: Any) -> str | None:
    """The character; it was also met spelled out, as ``\\u{2764}\\u{FE0F}``."""
    text = as_text(value)
    if text is None or len(text) > _LONGEST_EMOJI:
        return None
    return _ESCAPED.sub(_character, text) or None


def _character(found: re.Match[str]) -> str:
    point = int(found[1], 16)
    return chr(point) if point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF and point else ""


def _delivery(body: dict[str, Any], _: Party) -> Change:
    named = filter(None, map(message_id, as_list(body.get("mids"))))
    return Delivered(up_to=as_moment(body.get("watermark")), messages=tuple(named))


def _read(body: dict[str, Any], _: Party) -> Change:
    return Seen(up_to=as_moment(body.get("watermark")))


def _policy(body: dict[str, Any], _: Party) -> Change:
    action = tidy_name(body.get("action"))
    return PolicyEnforced(action=action, reason=as_text(body.get("reason")))


_CHANGES: dict[str, Callable[[dict[str, Any], Party], Change]] = {
    "message_edit": _edit,
    "reaction": _reaction,
    "delivery": _delivery,
    "read": _read,
    "policy-enforcement": _policy,
    "policy_enforcement": _policy,
}

_KNOWN = ("message", "postback", *_CHANGES, *NOTICES)


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


def tidy_name(name: Any) -> str:
    """A name of Meta's if it looks like one, else ``unknown``."""
    return name if isinstance(name, str) and _NAME.fullmatch(name) else "unknown"
