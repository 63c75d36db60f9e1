"""Single values in Meta's JSON, taken as they come and not as the documents promise.

Ids come as text or number, times in seconds or milliseconds, as number or text; what is absent, null
or of another type is None.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard, cast

REPLACEMENT = "\ufffd"
"""Stands for a character that cannot be kept."""

ID_LIMIT = 128
MESSAGE_ID_LIMIT = 512
"""In bytes of UTF-8: an index row of Postgres holds no more than 2,704."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MILLISECOND = 10**11
_LAST_MILLISECOND = 32_503_680_000_000
_WIDEST_NUMBER = 400


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether the value is an array."""
    return isinstance(value, list)


def as_dict(value: Any) -> dict[str, Any] | None:
    """The value if it is an object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: Any) -> list[Any]:
    """The value if it is an array, else nothing."""
    return value if is_list(value) else []


def as_text(value: Any) -> str | None:
    """The value if it is text and not empty."""
    return value if isinstance(value, str) and value else None


def as_kept_text(value: Any) -> str | None:
    """The same without what no database holds: a name may have anything in it."""
    text = as_text(value)
    return None if text is None else clean_text(text)


def clean_text(text: str) -> str:
    """The text with a sign in place of each NUL and each half of a character."""
    if text.isascii():
        return text.replace("\0", REPLACEMENT)
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", REPLACEMENT)


def as_flag(value: Any) -> bool:
    """Whether it is true, also when it is written as text."""
    return value is True or value == "true"


def as_label(value: Any) -> str | None:
    """Text, or a number as text."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= _WIDEST_NUMBER:
        return str(value)
    return as_text(value)


def as_id(value: Any) -> str | None:
    """An id of 1 to 128 printable characters."""
    label = _unmended(value)
    return label if label is not None and len(label) <= ID_LIMIT else None


def as_message_id(value: Any) -> str | None:
    """A message's id of at most 512 bytes."""
    label = _unmended(value)
    return label if label is not None and len(label.encode()) <= MESSAGE_ID_LIMIT else None


def _unmended(value: Any) -> str | None:
    label = as_label(value)
    return label if label is not None and is_intact(label) else None


def is_intact(label: str) -> bool:
    """Whether an id is whole: one that lost a character might be somebody else's."""
    return label.isprintable() and REPLACEMENT not in label


def moment(milliseconds: int) -> datetime | None:
    """The time of a number; None when it is absurd. Below 10^11 it counts seconds."""
    if milliseconds < _FIRST_MILLISECOND:
        milliseconds *= 1000
    if 0 < milliseconds < _LAST_MILLISECOND:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    return None


def as_moment(value: Any) -> datetime | None:
    """The time of a number or of a number written as text."""
    match value:
        case bool():
            return None
        case int():
            return moment(value)
        case float() if abs(value) < _LAST_MILLISECOND:
            return moment(int(value))
        case str() if value.isascii() and value.isdigit() and len(value) <= 15:
            return moment(int(value))
        case _:
            return None
