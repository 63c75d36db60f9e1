"""What is to be sent, as the outbox keeps it until it is."""

from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import msgspec

from meta_inbox.adapters.persistence.postgres_rows import is_storable
from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.content import Content

_KINDS: dict[str, type[Content]] = {
    kind: shape for shape in get_args(Content) for kind in get_args(get_type_hints(shape)["type"])
}


def content_of(values: dict[str, Any]) -> Content:
    """The content that was kept."""
    return msgspec.convert(values, _KINDS[values["type"]])


def require_storable(content: Content, *others: str) -> None:
    """Raises ContentRefused when a text of it, or another one, has what cannot be kept."""
    if not is_storable(*others, *_texts(msgspec.to_builtins(content))):
        raise ContentRefused("the message has a character that cannot be kept", code="not_supported_here")


def _texts(value: Any) -> Iterator[str]:
    """Every text in it, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from (name, *_texts(part))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
