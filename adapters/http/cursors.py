"""Where a page of a list ended, as an opaque text.

Sixteen digits of microseconds since 1970, then the last row's id in hexadecimal. Every text of that
form is a place in every list, and the list belongs to the path's account: there is nothing to forge.
"""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from meta_inbox.adapters.http.problems import invalid
from meta_inbox.domain.model.paging import After

CONVERSATION_CURSOR = r"^[0-9]{16}([2-7][0-9a-f]){1,128}$"
MESSAGE_CURSOR = r"^[0-9]{16}[0-9a-f]{32}$"
SEQ_CURSOR = r"^[1-9][0-9]{0,17}$"
"""A place in the tenant's log."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DIGITS = 16


def conversation_cursor(after: After | None) -> str | None:
    """The cursor for a place among conversations; ids there are Meta's."""
    return None if after is None else _time(after) + after.id.encode().hex()


def message_cursor(after: After | None) -> str | None:
    """The cursor for a place among messages; ids there are ours."""
    return None if after is None else _time(after) + after.id.replace("-", "")


def conversation_place(cursor: str) -> After:
    """The place the cursor names; Rejection (400) when it is none of ours."""
    at = _place(cursor, CONVERSATION_CURSOR)
    return After(at, bytes.fromhex(cursor[_DIGITS:]).decode("ascii"))


def message_place(cursor: str) -> After:
    """The same for a place among messages."""
    at = _place(cursor, MESSAGE_CURSOR)
    return After(at, str(UUID(hex=cursor[_DIGITS:])))


def seq_of(cursor: str) -> int:
    """The place in the log that the cursor names; Rejection (400) when it is none of ours."""
    if not re.fullmatch(SEQ_CURSOR, cursor, re.ASCII):
        raise invalid("the cursor is not one that this list gave", "invalid_cursor")
    return int(cursor)


def _time(after: After) -> str:
    return f"{(after.at - _EPOCH) // _MICROSECOND:0{_DIGITS}d}"


def _place(cursor: str, form: str) -> datetime:
    if not re.fullmatch(form, cursor, re.ASCII):
        raise invalid("the cursor is not one that this list gave", "invalid_cursor")
    return _EPOCH + int(cursor[:_DIGITS]) * _MICROSECOND
