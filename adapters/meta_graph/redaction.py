"""Webhook bodies rewritten without what a contact took back.

Each element keeps its place, by which items are found again, and whom it was between; what it said goes.
"""

from collections.abc import Set
from typing import Any

from meta_inbox.adapters.meta_graph.json_values import as_dict, is_list
from meta_inbox.adapters.meta_graph.reader_events import REDACTED
from meta_inbox.adapters.meta_graph.reader_ids import message_id
from meta_inbox.adapters.meta_graph.reader_loose import NotJson, dumps, loads
from meta_inbox.domain.model.ids import MetaMessageId

_SAYING = ("message", "message_edit", "postback")
_KEPT = ("sender", "recipient", "timestamp")


def without(body: bytes, ids: Set[MetaMessageId]) -> bytes | None:
    """The body without these messages and comments; None when it has none of them, or is no JSON."""
    try:
        found = as_dict(loads(body)[0])
    except NotJson:
        return None
    entries = (found or {}).get("entry")
    changed = [_entry(entry, ids) for entry in entries] if is_list(entries) else []
    return dumps(found) if any(changed) else None


def _entry(value: Any, ids: Set[MetaMessageId]) -> bool:
    entry = as_dict(value) or {}
    changed = False
    for where in ("messaging", "standby", "changes"):
        parts = entry.get(where)
        if not is_list(parts):
            continue
        for index, part in enumerate(parts):
            if (rewritten := _part(as_dict(part) or {}, ids)) is not None:
                parts[index], changed = rewritten, True
    if "field" in entry and (rewritten := _part(entry, ids)) is not None:
        entry["value"], changed = rewritten["value"], True
    return changed


def _part(part: dict[str, Any], ids: Set[MetaMessageId]) -> dict[str, Any] | None:
    value = as_dict(part.get("value"))
    if value is not None:
        inner = _part(value, ids)
        named = message_id(value.get("comment_id") or value.get("id"))
        if inner is None and named in ids:
            inner = {REDACTED: True}
        return None if inner is None else {**part, "value": inner}
    if any(_says(as_dict(part.get(name)) or {}, ids) for name in _SAYING):
        return {name: part[name] for name in _KEPT if name in part} | {REDACTED: True}
    return None


def _says(body: dict[str, Any], ids: Set[MetaMessageId]) -> bool:
    """Whether it is one of these and has content; that one was taken back has none, and may wait still."""
    return message_id(body.get("mid")) in ids and body.get("is_deleted") is not True
