"""Messages of the first system, read by the same code as a webhook's, so that they look like all others."""

from typing import Any

from meta_inbox.adapters.meta_graph import reader_loose
from meta_inbox.adapters.meta_graph.history_reader import as_webhook_attachment
from meta_inbox.adapters.meta_graph.json_values import as_dict, as_id, as_list, as_message_id
from meta_inbox.adapters.meta_graph.reader_message import read_content
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.former import FormerMessage
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.model.window import OpeningKind

Json = dict[str, Any]

_AS_READ = ("image_data", "video_data", "file_url", "mime_type", "generic_template")


def read_former(
    message: FormerMessage, platform: Platform, external_id: str, *, by_business: bool
) -> WebhookItem | str:
    """The message without its time, or why it cannot be brought over."""
    mid = as_message_id(message.mid)
    contact = as_id(message.to_id if by_business else message.from_id)
    if mid is None:
        return "it has no id of Meta's, so it may never have been sent"
    if contact is None or contact == external_id:
        return "it does not say who the contact is"
    item = WebhookItem(
        index=0,
        platform=platform,
        external_id=external_id,
        kind=ItemKind.ECHO if by_business else ItemKind.MESSAGE,
        event="echo" if by_business else "message",
        contact_id=ContactId(contact),
        meta_message_id=MetaMessageId(mid),
        opens=None if by_business else OpeningKind.MESSAGE,
        raw=_json(message.raw),
        plain=message.raw is None,
    )
    read_content(item, {"text": message.text, "attachments": _attachments(message.attachments)})
    return item


def _attachments(text: str | None) -> list[Json]:
    """In the words of webhooks, whether they were kept as webhooks or as answers have them."""
    found = _loaded(text)
    listed = as_list(found) or as_list((as_dict(found) or {}).get("data"))
    if not listed and (alone := as_dict(found)) and "data" not in alone:
        listed = [alone]
    return [_worded(part) for part in map(as_dict, listed) if part]


def _worded(part: Json) -> Json:
    return as_webhook_attachment(part) if any(key in part for key in _AS_READ) else part


def _json(text: str | None) -> bytes:
    found = as_dict(_loaded(text))
    return reader_loose.dumps(found or {})


def _loaded(text: str | None) -> Any:
    try:
        return None if text is None else reader_loose.loads(text.encode(errors="replace"))[0]
    except reader_loose.NotJson:
        return None
