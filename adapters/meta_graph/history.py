"""Conversations read back: the Conversations API, page by page, at Meta's pace.

Source: "Conversations API". Cursors are followed, never ``paging.next``, which holds the access token.
"""

import asyncio
import time
from collections.abc import Callable

from meta_inbox.adapters.meta_graph.calls import GraphCalls, Json, own_node, required
from meta_inbox.adapters.meta_graph.history_reader import read_conversation
from meta_inbox.adapters.meta_graph.json_values import as_dict, as_list, as_text
from meta_inbox.adapters.meta_graph.wire import Complaint
from meta_inbox.domain.model.account import Account, Platform
from meta_inbox.domain.model.history import PastPage
from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.domain.model.secret import Secret

DETAILED = 20
SIZES = (10, 3, 1)
"""Conversations of one call; fewer when Meta says that it is too much."""
CURSOR_LIMIT = 2000

_PEOPLE = {Platform.MESSENGER: "id,name,email", Platform.INSTAGRAM: "id,user_id,username"}
_MESSAGE = (
    "id,created_time,from,to,message,attachments,shares,story,reply_to,is_unsupported,"
    "reactions{reaction,users}"
)
_TOO_MUCH = (None, 1)
"""Codes, without a subcode, of an answer that was too large: for Meta, or for us to take."""


class Pace:
    """At most two calls a second for each account, over the whole process."""

    def __init__(self, spacing: float = 0.55, clock: Callable[[], float] = time.monotonic) -> None:
        self._spacing = spacing
        self._clock = clock
        self._next: dict[AccountId, float] = {}

    async def turn(self, account: AccountId) -> None:
        """Waits until the account may call again."""
        now = self._clock()
        if account not in self._next:
            self._next = {one: at for one, at in self._next.items() if at > now}
        at = max(now, self._next.get(account, now))
        self._next[account] = at + self._spacing
        await asyncio.sleep(at - now)


async def read_page(
    graph: GraphCalls,
    pace: Pace,
    account: Account,
    token: Secret,
    *,
    after: str | None,
    contact: ContactId | None,
) -> PastPage:
    """One page of the account's conversations. GraphUnavailable, AccessRevoked, RefusedByMeta."""
    found: Json | Complaint = {}
    for size in SIZES:
        await pace.turn(account.id)
        query = _query(account, size, after, contact)
        node = own_node(account)
        found = await graph.try_get(node, "conversations", token=token, query=query)
        if not _is_too_much(found):
            break
    return _page(account, required(found))


def _query(account: Account, size: int, after: str | None, contact: ContactId | None) -> dict[str, str]:
    people = _PEOPLE[account.platform]
    query = {
        "platform": account.platform.value,
        "fields": f"id,updated_time,participants{{{people}}},messages.limit({DETAILED}){{{_MESSAGE}}}",
        "limit": str(size),
    }
    if after is not None:
        query["after"] = after
    if contact is not None:
        query["user_id"] = contact
    return query


def _is_too_much(found: Json | Complaint) -> bool:
    if not isinstance(found, Complaint):
        return False
    return found.code in _TOO_MUCH and found.subcode is None and found.status < 500 and found.status != 429


def _page(account: Account, found: Json) -> PastPage:
    nodes = (as_dict(node) for node in as_list(found.get("data")))
    read = (read_conversation(account, node) for node in nodes if node is not None)
    return PastPage(
        conversations=tuple(one for one in read if one is not None),
        next=_next(as_dict(found.get("paging")) or {}),
    )


def _next(paging: Json) -> str | None:
    """The cursor of the next page; without a ``next`` there is none, whatever the cursors say."""
    cursor = as_text((as_dict(paging.get("cursors")) or {}).get("after"))
    if paging.get("next") is None or cursor is None or not cursor.isprintable():
        return None
    return cursor if len(cursor) <= CURSOR_LIMIT else None
