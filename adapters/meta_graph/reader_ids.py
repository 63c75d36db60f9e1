"""By which id a message is known: Meta's, its hash, or one made up where Meta gives none; and names."""

import hashlib
import json
import re
from typing import Any

from meta_inbox.adapters.meta_graph.json_values import as_label, as_message_id, is_intact
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.webhook import WebhookItem

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def message_id(value: Any) -> MetaMessageId | None:
    """Meta's id; one of more than 512 bytes by its hash, since no index holds it whole."""
    usual = as_message_id(value)
    if usual is not None:
        return MetaMessageId(usual)
    label = as_label(value)
    if label is None or not is_intact(label):
        return None
    return MetaMessageId("sha256:" + hashlib.sha256(label.encode()).hexdigest())


def made_up_id(item: WebhookItem, event: dict[str, Any]) -> MetaMessageId:
    """The same for every repeat of the event, and for no other."""
    said = json.dumps(event, sort_keys=True, ensure_ascii=True)
    seed = f"{item.external_id}\n{item.contact_id}\n{said}".encode()
    return MetaMessageId("ev:" + hashlib.sha256(seed).hexdigest())


def tidy_name(name: Any) -> str:
    """A name of Meta's if it looks like one, else ``unknown``."""
    return name if isinstance(name, str) and _NAME.fullmatch(name) else "unknown"
