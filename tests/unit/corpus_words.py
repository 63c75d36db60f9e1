"""An item in the words of the corpus: only what is not at its default."""

import re
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, cast

from meta_inbox.domain.model.changes import Change
from meta_inbox.domain.model.webhook import WebhookItem

_BY_ANOTHER_NAME = {
    "kind": "kind",
    "event": "event",
    "account": "external_id",
    "contact": "contact_id",
    "mid": "meta_message_id",
    "text": "text",
    "quick_reply": "quick_reply",
    "postback": "postback",
    "reply_to": "reply_to",
    "story": "story",
    "referral": "referral",
    "opens": "opens",
    "token": "client_token",
    "app": "app_id",
    "details": "details",
    "problem": "problem",
    "at": "sent_at",
}
_MADE_UP = ("ev:", "pb:", "sha256:")
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def in_words(item: WebhookItem) -> dict[str, Any]:
    """What an item says, as the corpus writes it."""
    said = {name: _plain(getattr(item, attribute)) for name, attribute in _BY_ANOTHER_NAME.items()}
    said["mid"] = _prefix(said["mid"])
    for name in ("postback", "story", "referral"):
        said[name] = None if said[name] is None else _without_none(said[name])
    said["type"] = None if item.type == "text" else item.type
    said["attachments"] = [
        _without_none({"type": each.type, "url": each.source_url, "name": each.name})
        for each in item.attachments
    ] or None
    said["says"] = None if item.says is None else _change(item.says)
    said["standby"] = item.standby or None
    return _without_none(said)


def _change(change: Change) -> dict[str, Any]:
    name = _WORD.sub("_", type(change).__name__).lower()
    return {name: _without_none({each.name: _plain(getattr(change, each.name)) for each in fields(change)})}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, tuple):
        return [_plain(part) for part in cast("tuple[Any, ...]", value)]
    assert not is_dataclass(value)
    return str(value) if isinstance(value, str) else value


def _prefix(mid: str | None) -> str | None:
    """An id that was made up, or a hash, by its beginning alone."""
    return next((each for each in _MADE_UP if mid is not None and mid.startswith(each)), mid)


def _without_none(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value is not None}
