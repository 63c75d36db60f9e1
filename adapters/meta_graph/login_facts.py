"""What a login gave, read from Meta page by page, to the end.

Sources: "Debug Token", "Permissions", "User Accounts". Pages that a person reaches only through a
Business Portfolio may be missing from the list of accounts; the token's granular scopes still name them.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from meta_inbox.adapters.meta_graph.calls import GraphCalls, required
from meta_inbox.adapters.meta_graph.graph_errors import Class
from meta_inbox.adapters.meta_graph.json_values import (
    as_dict,
    as_id,
    as_kept_text,
    as_label,
    as_list,
    as_text,
)
from meta_inbox.adapters.meta_graph.wire import Complaint, as_time
from meta_inbox.domain.errors import GraphUnavailable
from meta_inbox.domain.model.secret import Secret

MOST_LISTS = 100
MOST_MISSING = 100

_FIELDS = "id,name,access_token,tasks,instagram_business_account{id,username,name,profile_picture_url}"
_NAMES_PAGES = ("pages_show_list", "pages_messaging", "pages_manage_metadata")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instagram:
    """An Instagram professional account, as its Page names it."""

    id: str
    username: str | None
    name: str | None
    picture_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedPage:
    """A Page of the login; ``tasks`` None = Meta did not say what the person may do there."""

    id: str
    name: str | None
    token: Secret | None
    tasks: frozenset[str] | None
    instagram: Instagram | None
    shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInfo:
    """What ``debug_token`` tells of the user token."""

    app_id: str | None
    user_id: str | None
    valid: bool
    expires_at: datetime | None
    never_expires: bool
    data_access_expires_at: datetime | None
    targets: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def covers(self, scope: str, ids: Iterable[str | None]) -> bool:
        """Whether the scope was granted for one of these; naming none means all."""
        targets = self.targets.get(scope)
        return targets is None or not targets.isdisjoint(filter(None, ids))


async def token_info(graph: GraphCalls, token: Secret) -> TokenInfo:
    """Inspects the token. GraphUnavailable, RefusedByMeta."""
    found = required(await graph.inspect(token))
    rows = [as_dict(row) or {} for row in as_list(found.get("granular_scopes"))]
    return TokenInfo(
        app_id=as_label(found.get("app_id")),
        user_id=as_id(found.get("user_id")),
        valid=found.get("is_valid") is True,
        expires_at=as_time(found.get("expires_at")),
        never_expires=found.get("expires_at") == 0,
        data_access_expires_at=as_time(found.get("data_access_expires_at")),
        targets={
            scope: frozenset(filter(None, map(as_id, as_list(row["target_ids"]))))
            for row in rows
            if (scope := as_text(row.get("scope"))) and as_list(row.get("target_ids"))
        },
    )


async def granted_permissions(graph: GraphCalls, token: Secret) -> frozenset[str]:
    """The permissions the person left ticked. GraphUnavailable, AccessRevoked, RefusedByMeta."""
    names = [
        as_text(row.get("permission"))
        async for row in _listed(graph, ("me", "permissions"), token, {})
        if row.get("status") == "granted"
    ]
    return frozenset(filter(None, names))


async def granted_pages(graph: GraphCalls, token: Secret, info: TokenInfo) -> list[GrantedPage]:
    """Every Page of the login. GraphUnavailable, AccessRevoked, RefusedByMeta."""
    query = {"fields": _FIELDS, "limit": "100"}
    rows = [row async for row in _listed(graph, ("me", "accounts"), token, query)]
    pages = {page.id: page for page in map(_page, rows) if page is not None}
    named = {page_id for scope in _NAMES_PAGES for page_id in info.targets.get(scope, ())}
    for page_id in sorted(named - pages.keys())[:MOST_MISSING]:
        pages[page_id] = await _missing(graph, token, page_id)
    return list(pages.values())


async def _listed(
    graph: GraphCalls, path: tuple[str, str], token: Secret, query: dict[str, str]
) -> AsyncIterator[dict[str, Any]]:
    """Every row; the next list is asked for by its cursor, since Meta's own link carries the token."""
    after: dict[str, str] = {}
    for _ in range(MOST_LISTS):
        found = await graph.get(*path, token=token, query=query | after)
        for row in as_list(found.get("data")):
            yield as_dict(row) or {}
        paging = as_dict(found.get("paging")) or {}
        cursor = as_text((as_dict(paging.get("cursors")) or {}).get("after"))
        if not as_text(paging.get("next")) or cursor is None or cursor == after.get("after"):
            return
        after = {"after": cursor}


async def _missing(graph: GraphCalls, token: Secret, page_id: str) -> GrantedPage:
    found = await graph.try_get(page_id, token=token, query={"fields": _FIELDS})
    if isinstance(found, Complaint) and found.verdict.kind in (Class.WAIT, Class.UNCERTAIN):
        raise GraphUnavailable(found.detail, retry_after=found.wait or None)
    page = None if isinstance(found, Complaint) else _page(found)
    return page or GrantedPage(id=page_id, name=None, token=None, tasks=None, instagram=None, shown=False)


def _page(row: dict[str, Any]) -> GrantedPage | None:
    page_id = as_id(row.get("id"))
    if page_id is None:
        return None
    token, tasks = as_text(row.get("access_token")), row.get("tasks")
    return GrantedPage(
        id=page_id,
        name=as_kept_text(row.get("name")),
        token=Secret(token) if token else None,
        tasks=None if tasks is None else frozenset(filter(None, map(as_text, as_list(tasks)))),
        instagram=_instagram(as_dict(row.get("instagram_business_account")) or {}),
    )


def _instagram(row: dict[str, Any]) -> Instagram | None:
    account_id = as_id(row.get("id"))
    if account_id is None:
        return None
    return Instagram(
        id=account_id,
        username=as_kept_text(row.get("username")),
        name=as_kept_text(row.get("name")),
        picture_url=as_kept_text(row.get("profile_picture_url")),
    )
