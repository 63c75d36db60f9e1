"""What all wire shapes share."""

from datetime import UTC, datetime
from typing import TypeVar

import msgspec

W = TypeVar("W")


class Strict(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A shape that callers send: a field it does not know refuses the request."""


def utc(at: datetime) -> datetime:
    """The same moment in UTC, which is written with a ``Z``."""
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def utc_or_none(at: datetime | None) -> datetime | None:
    """The same, where there may be none."""
    return None if at is None else utc(at)


def or_none(value: W | msgspec.UnsetType) -> W | None:
    """What the caller sent, None where they left it out."""
    return None if isinstance(value, msgspec.UnsetType) else value
