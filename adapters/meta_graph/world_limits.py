"""How much the app and its accounts may call, as far as quirks limit it, and what of it is used.

Source: "Rate Limits". Usage is told in headers, by the id of the account that a call is about.
"""

import json
import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from meta_inbox.adapters.meta_graph.json_values import as_dict, as_id
from meta_inbox.adapters.meta_graph.world_errors import GraphError
from meta_inbox.adapters.meta_graph.world_ground import Ground

EVERY = "*"
"""In place of an account's id: whichever it is."""
_USED_UP = 100
_REMEMBERED = 10_000


def _log() -> dict[str, deque[datetime]]:
    return {}


@dataclass(slots=True, kw_only=True)
class Limits:
    """``sends`` has when each account sent, whatever came of it."""

    ground: Ground
    sends: dict[str, deque[datetime]] = field(default_factory=_log)

    def count_send(self, account_id: str) -> None:
        """One more send of the account; GraphError 613 when that is too many for a second."""
        allowed, now = self.ground.state.quirks.sends_a_second, self.ground.now()
        sends = self.sends.setdefault(account_id, deque(maxlen=_REMEMBERED))
        recent = sum(now - at < timedelta(seconds=1) for at in sends)
        sends.append(now)
        if allowed is not None and recent >= allowed:
            raise GraphError(613, "(#613) Calls to this api have exceeded the rate limit.", subcode=2534040)

    def account_of(self, path: Sequence[str], body: Mapping[str, Any]) -> str:
        """The Page or Instagram account that a call is about; whatever comes first in the path for others."""
        state, first = self.ground.state, path[0] if path else ""
        recipient = as_dict(body.get("recipient")) or {}
        comment = as_id(recipient.get("comment_id")) or first
        contact = state.contacts.get(as_id(recipient.get("id")) or first)
        if contact is not None:
            return contact.account_id
        if comment in state.comments:
            return state.comments[comment].account_id
        page = state.pages.get(first)
        instagram = body.get("platform") == "instagram" and page is not None and page.instagram_id
        return instagram or first

    def headers(self, account_id: str, throttled_for: timedelta | None) -> dict[str, str]:
        """What an answer tells of usage: that all of it is used up when the call was throttled for long."""
        quirks = self.ground.state.quirks
        used, minutes = quirks.usage_percent.get(account_id, quirks.usage_percent.get(EVERY)), 0
        if throttled_for is not None:
            used, minutes = _USED_UP, math.ceil(throttled_for / timedelta(minutes=1))
        told: dict[str, str] = {}
        if used is not None:
            regain = max(minutes, quirks.regain_minutes if used >= _USED_UP else 0)
            kind = "instagram" if account_id in self.ground.state.instagram else "messenger"
            row = {"type": kind, **_counts(used), "estimated_time_to_regain_access": regain}
            told["X-Business-Use-Case-Usage"] = json.dumps({account_id: [row]})
        if quirks.app_usage_percent is not None:
            told["X-App-Usage"] = json.dumps(_counts(quirks.app_usage_percent))
        return told


def _counts(used: int) -> dict[str, int]:
    return {"call_count": used, "total_time": min(used, 25), "total_cputime": min(used, 25)}
