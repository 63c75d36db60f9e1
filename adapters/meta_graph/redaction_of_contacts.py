"""Webhook bodies rewritten without a contact who is deleted.

Each element keeps its place, by which items are found again, and says nothing any more: neither what was
said nor by whom. Elements of other contacts in the same body stay as they are.
"""

from collections.abc import Iterator
from typing import Any

from meta_inbox.adapters.meta_graph.json_values import as_dict, as_label, as_moment, is_list
from meta_inbox.adapters.meta_graph.reader_events import REDACTED
from meta_inbox.adapters.meta_graph.reader_ids import message_id
from meta_inbox.adapters.meta_graph.reader_loose import NotJson, dumps, loads
from meta_inbox.domain.model.deletion import Forgotten

_GONE = {REDACTED: True}
_LISTS = ("messaging", "standby", "changes")


def without_contact(body: bytes, whom: Forgotten) -> bytes | None:
    """The body without what the contact and the account said to one another; None when it has none of it.

    Of bytes that are no JSON but name the contact nothing is left, since nobody can say what else is theirs.
    """
    try:
        found = loads(body)[0]
    except NotJson:
        return dumps(_GONE) if whom.contact_id.encode() in body else None
    entries = (as_dict(found) or {}).get("entry")
    if not is_list(entries):
        return dumps(_GONE) if whom.contact_id in _scalars(found) else None
    changed = [_entry(as_dict(entry) or {}, whom) for entry in entries]
    return dumps(found) if any(changed) else None


def _entry(entry: dict[str, Any], whom: Forgotten) -> bool:
    if as_label(entry.get("id")) not in (whom.external_id, None):
        return False
    changed = False
    for where in _LISTS:
        parts = entry.get(where)
        if not is_list(parts):
            if whom.contact_id in _scalars(parts):
                entry[where], changed = dict(_GONE), True
            continue
        for index, part in enumerate(parts):
            if _is_of(part, whom, entry):
                parts[index] = _emptied(part) if where == "changes" else dict(_GONE)
                changed = True
    if "field" in entry and _is_of({"value": entry.get("value")}, whom, entry):
        entry["value"], changed = dict(_GONE), True
    return changed


def _emptied(part: Any) -> dict[str, Any]:
    return {"field": (as_dict(part) or {}).get("field"), "value": dict(_GONE)}


def _is_of(part: Any, whom: Forgotten, entry: dict[str, Any]) -> bool:
    """Whether the element is of this contact, and not younger than the deletion."""
    event = as_dict(part)
    if event is None:
        return whom.contact_id in _scalars(part)
    said = as_dict(event.get("value")) or event
    at = as_moment(said.get("timestamp") or said.get("created_time")) or as_moment(entry.get("time"))
    if at is not None and at > whom.until:
        return False
    parties = set(_parties(said))
    if whom.contact_id in parties or _names(said) & whom.messages:
        return True
    if parties - {whom.external_id}:
        return False
    return _answers(said) in whom.messages or whom.contact_id in _scalars(said)


def _parties(said: dict[str, Any]) -> Iterator[str]:
    """Between whom it is."""
    for role in ("sender", "recipient", "from"):
        if (who := as_label((as_dict(said.get(role)) or {}).get("id"))) is not None:
            yield who
    if (sender := as_label(said.get("sender_id"))) is not None:
        yield sender


def _names(said: dict[str, Any]) -> set[str]:
    """The ids of the message that it is about."""
    named = [(as_dict(said.get(each)) or {}).get("mid") for each in ("message", "message_edit", "postback")]
    found = (message_id(each) for each in (*named, said.get("comment_id") or said.get("id")))
    return {each for each in found if each is not None}


def _answers(said: dict[str, Any]) -> str | None:
    return message_id(said.get("parent_id"))


def _scalars(value: Any) -> Iterator[str]:
    """Every single value in it, as text; nothing is nested deeper than the decoder lets through."""
    if isinstance(value, dict):
        for inner in (as_dict(value) or {}).values():
            yield from _scalars(inner)
    elif is_list(value):
        for inner in value:
            yield from _scalars(inner)
    elif (label := as_label(value)) is not None:
        yield label
