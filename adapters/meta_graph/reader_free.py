"""Webhook bodies of any shape: decoded freely, taken apart entry by entry."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from meta_inbox.adapters.meta_graph.json_values import as_dict, as_id, as_moment, is_list
from meta_inbox.adapters.meta_graph.reader_comments import read_change
from meta_inbox.adapters.meta_graph.reader_events import read_event
from meta_inbox.adapters.meta_graph.reader_ids import tidy_name
from meta_inbox.adapters.meta_graph.reader_loose import NotJson, dumps, loads
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.webhook import ItemKind, Reading, WebhookItem

MISREAD = "the reader failed"
PLATFORMS = {"page": Platform.MESSENGER, "instagram": Platform.INSTAGRAM}


def read_raw_event(index: int, platform: Platform, account: str, raw: bytes) -> WebhookItem:
    """The item of one element of ``messaging``, whatever its bytes are."""
    item = _blank(index, platform, account)
    try:
        event, mended = loads(raw)
    except NotJson as error:
        item.problem = str(error)
        return item
    item.raw = dumps(event) if mended else raw
    return _event(item, event)


def read_freely(body: bytes) -> Reading:
    """The reading of a whole body that the typed decoder refused."""
    try:
        found = as_dict(loads(body)[0])
    except NotJson as error:
        return Reading(object=None, problem=str(error))
    if found is None:
        return Reading(object=None, problem="the body is not an object")
    if "object" not in found and "field" in found:
        return _read_test(found)
    platform = PLATFORMS.get(tidy_name(found.get("object")))
    if platform is None:
        return unknown_object(found.get("object"))
    entries = found.get("entry")
    if not is_list(entries):
        return Reading(object=tidy_name(found["object"]), problem="entry is not an array")
    items: list[WebhookItem] = []
    for entry in entries:
        items.extend(_entry(len(items), platform, entry))
    return Reading(object=tidy_name(found["object"]), items=tuple(items))


def _entry(first: int, platform: Platform, value: Any) -> Iterator[WebhookItem]:
    entry = as_dict(value)
    if entry is None:
        yield _broken(_blank(first, platform, ""), value, "the entry is not an object")
        return
    account, at = as_id(entry.get("id")) or "", as_moment(entry.get("time"))
    for index, (where, part) in enumerate(_parts(entry), first):
        item = _blank(index, platform, account)
        item.raw = dumps(part)
        change = as_dict(part)
        if where == "changes" and change is not None:
            yield _guarded(item, partial(read_change, item, change.get("field"), change.get("value"), at))
        else:
            yield _event(item, part, standby=where == "standby")


def _parts(entry: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for where in ("messaging", "standby", "changes"):
        value = entry.get(where)
        if is_list(value):
            yield from ((where, part) for part in value)
        elif value is not None:
            yield where, [value]
    if "field" in entry:
        yield "changes", {"field": entry["field"], "value": entry.get("value")}


def _event(item: WebhookItem, value: Any, *, standby: bool = False) -> WebhookItem:
    event = as_dict(value)
    if event is None:
        return _broken(item, value, "the event is not an object")
    return _guarded(item, partial(read_event, item, event, standby=standby))


def _guarded(item: WebhookItem, read: Callable[[], WebhookItem]) -> WebhookItem:
    """A mistake of the reader's own costs this item alone, which can be replayed once it is mended."""
    try:
        return read()
    except Exception as error:  # noqa: BLE001  # whatever it is, Meta must not be told to come again for it
        blank = _blank(item.index, item.platform, item.external_id)
        blank.raw, blank.problem = item.raw, f"{MISREAD}: {type(error).__name__}"
        return blank


def _read_test(found: dict[str, Any]) -> Reading:
    """The dashboard's test as it was seen without an envelope; it names no account."""
    item = _blank(0, Platform.INSTAGRAM, "")
    item.raw = dumps(found)
    read_change(item, found["field"], found.get("value"))
    if item.kind is not ItemKind.TEST:
        return Reading(object=None, problem="the body names no object and no entry")
    return Reading(object=None, items=(item,))


def _broken(item: WebhookItem, value: Any, problem: str) -> WebhookItem:
    item.raw = dumps(value)
    item.problem = problem
    return item


def _blank(index: int, platform: Platform, account: str) -> WebhookItem:
    return WebhookItem(
        index=index, platform=platform, external_id=account, kind=ItemKind.OTHER, event="unknown"
    )


def unknown_object(name: Any) -> Reading:
    """The reading of a body about something that this release does not serve."""
    return Reading(object=tidy_name(name), problem=f"unknown object: {tidy_name(name)}")
