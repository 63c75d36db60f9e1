"""When a receiver would like to be asked again."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\d{1,9}", re.ASCII)


def retry_after(said: str | None, now: datetime) -> timedelta | None:
    """How long from now, by seconds or by a date; None for whatever says neither."""
    if said is None:
        return None
    if _SECONDS.fullmatch(said.strip()):
        return timedelta(seconds=int(said))
    try:
        at = parsedate_to_datetime(said)
        return max(at.replace(tzinfo=at.tzinfo or UTC) - now, timedelta())
    except (ValueError, OverflowError, TypeError):
        return None
