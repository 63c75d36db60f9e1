"""How much of Meta's limits is used up, as the headers of every answer say.

Source: "Rate Limits". Per cent as JSON in a header; ``X-Page-Usage`` is no longer documented and still seen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from meta_inbox.adapters.meta_graph import reader_loose
from meta_inbox.adapters.meta_graph.json_values import as_dict, as_label, as_list

APP, BUSINESS, PAGE = "x-app-usage", "x-business-use-case-usage", "x-page-usage"
LONGEST_WAIT = timedelta(hours=24)

_COUNTS = ("call_count", "total_time", "total_cputime")
_REGAIN = "estimated_time_to_regain_access"
_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Per cent of one budget, and after how long it is free again; zero = Meta does not say."""

    used: int
    regained_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one answer says; None = nothing, which Meta does while little is used."""

    app: Level | None = None
    page: Level | None = None
    account: Level | None = None


def usage_of(headers: Mapping[str, str], account_id: str | None) -> Usage:
    """What the headers say of the app, the Page and the account of a call."""
    return Usage(
        app=_level([_object(headers.get(APP))]),
        page=_level([_object(headers.get(PAGE))]),
        account=_level(_rows(headers, account_id)),
    )


def regained_after(headers: Mapping[str, str], account_id: str | None) -> timedelta:
    """How long Meta says that a throttled account waits: ``Retry-After``, or the minutes of the usage."""
    given = headers.get("retry-after", "")
    seconds = int(given) if re.fullmatch(r"[0-9]{1,6}", given) else 0
    minutes = max(map(_minutes, _rows(headers, account_id)), default=0)
    return min(max(timedelta(seconds=seconds), timedelta(minutes=minutes)), LONGEST_WAIT)


def _rows(headers: Mapping[str, str], account_id: str | None) -> list[dict[str, Any]]:
    """The account's own; all of them when the header goes by another id, the business's."""
    found = _object(headers.get(BUSINESS))
    rows = (
        as_list(found.get(account_id))
        if account_id in found
        else [r for v in found.values() for r in as_list(v)]
    )
    return [as_dict(row) or {} for row in rows]


def _level(rows: list[dict[str, Any]]) -> Level | None:
    counts = [number(row.get(name)) for row in rows for name in _COUNTS]
    used = [count for count in counts if count is not None]
    if not used:
        return None
    minutes = max(map(_minutes, rows), default=0)
    return Level(used=min(max(*used, 0), _MOST), regained_after=timedelta(minutes=minutes))


def _minutes(row: dict[str, Any]) -> int:
    longest = int(LONGEST_WAIT.total_seconds()) // 60
    return min(max(number(row.get(_REGAIN)) or 0, 0), longest)


def _object(header: str | None) -> dict[str, Any]:
    try:
        return as_dict(reader_loose.loads((header or "").encode())[0]) or {}
    except reader_loose.NotJson:
        return {}


def number(value: Any) -> int | None:
    """A number, also as text; None for whatever else."""
    label = as_label(value)
    return int(label) if label is not None and re.fullmatch(r"-?[0-9]{1,12}", label) else None
