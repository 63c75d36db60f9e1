"""What an event says about what is there: edits, reactions, unsends, receipts, policy."""

import re
from collections.abc import Callable
from typing import Any

from meta_inbox.adapters.meta_graph.json_values import as_label, as_list, as_moment, as_text
from meta_inbox.adapters.meta_graph.reader_ids import message_id, tidy_name
from meta_inbox.domain.model.changes import (
    Change,
    Delivered,
    Edited,
    Party,
    PolicyEnforced,
    Reacted,
    Seen,
)
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.model.window import OpeningKind

_ESCAPED = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}")
_LONGEST_EMOJI = 64


def read_named_change(item: WebhookItem, body: dict[str, Any] | None, *, ours: bool) -> None:
    """Fills the item in from an event whose name is one of ``CHANGES``."""
    if body is None:
        item.problem = f"{item.event} is not an object"
        return
    change = CHANGES[item.event](body, Party.ACCOUNT if ours else Party.CONTACT)
    if _is_nothing(change, ours=ours):
        return
    say(item, change, body.get("mid"))
    if isinstance(change, Reacted) and change.by is Party.CONTACT and change.reaction is not None:
        item.opens = OpeningKind.REACTION
    if isinstance(change, Delivered | Seen) and item.contact_id is None:
        item.problem = "the event names no usable contact"


def _is_nothing(change: Change, *, ours: bool) -> bool:
    """An edit that is none, or a receipt of the account's own: neither concerns a message of anybody's."""
    return (isinstance(change, Edited) and change.number == 0) or (
        ours and isinstance(change, Delivered | Seen)
    )


def say(item: WebhookItem, change: Change, mid: Any) -> None:
    """Makes the item this change of the message that Meta names so."""
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


CHANGES: dict[str, Callable[[dict[str, Any], Party], Change]] = {
    "message_edit": _edit,
    "reaction": _reaction,
    "delivery": _delivery,
    "read": _read,
    "policy-enforcement": _policy,
    "policy_enforcement": _policy,
}
