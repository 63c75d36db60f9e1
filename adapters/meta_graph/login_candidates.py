"""From the Pages of a login to the accounts that can be connected, and why the others cannot."""

from collections.abc import Sequence
from dataclasses import dataclass

from meta_inbox.adapters.meta_graph.login_facts import GrantedPage, TokenInfo
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.oauth_state import Candidate, CandidateReason, Wanted

_NEEDED = {
    Platform.MESSENGER: ("pages_messaging", "pages_manage_metadata"),
    Platform.INSTAGRAM: (
        "instagram_basic",
        "instagram_manage_messages",
        "pages_messaging",
        "pages_manage_metadata",
    ),
}
_PLUS = "PROFILE_PLUS_{}"
_TASKS = (("MESSAGING",), ("MODERATE", "MANAGE"))
"""To write, and to have webhooks sent; one of each."""

Obstacle = tuple[CandidateReason, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a person granted: permissions, and for which Pages and accounts."""

    permissions: frozenset[str]
    info: TokenInfo


def candidates_of(pages: Sequence[GrantedPage], wanted: Wanted, granted: Granted) -> tuple[Candidate, ...]:
    """A candidate for every Page and every wanted platform."""
    return tuple(
        _instagram(page, granted) if platform is Platform.INSTAGRAM else _messenger(page, granted)
        for page in pages
        for platform in Platform
        if wanted.includes(platform)
    )


def _messenger(page: GrantedPage, granted: Granted) -> Candidate:
    reason, detail = _obstacle(page, Platform.MESSENGER, granted)
    return Candidate(
        key=f"messenger:{page.id}",
        platform=Platform.MESSENGER,
        external_id=page.id,
        name=page.name,
        page_id=page.id,
        page_name=page.name,
        reason=reason,
        detail=detail,
    )


def _instagram(page: GrantedPage, granted: Granted) -> Candidate:
    found = page.instagram
    reason, detail = _obstacle(page, Platform.INSTAGRAM, granted)
    if found is None and page.shown and "instagram_basic" in granted.permissions:
        reason = CandidateReason.NO_INSTAGRAM_ACCOUNT
        detail = f"no professional Instagram account is linked to {_called(page)}"
    return Candidate(
        key=f"instagram:{found.id}" if found else f"instagram:page:{page.id}",
        platform=Platform.INSTAGRAM,
        external_id=found.id if found else None,
        name=(found.name or found.username) if found else None,
        username=found.username if found else None,
        profile_picture_url=found.picture_url if found else None,
        page_id=page.id,
        page_name=page.name,
        reason=reason,
        detail=detail,
    )


def _obstacle(page: GrantedPage, platform: Platform, granted: Granted) -> Obstacle | tuple[None, None]:
    missing = [name for name in _NEEDED[platform] if name not in granted.permissions]
    if missing:
        return (
            CandidateReason.PERMISSION_MISSING,
            f"the permission {' and '.join(missing)} was not granted; connect again and leave it ticked",
        )
    if not page.shown or not _chosen(page, platform, granted.info):
        return (
            CandidateReason.NOT_GRANTED,
            f"{_called(page)} was not chosen in Meta's dialog; connect again and leave it ticked",
        )
    tasks = _missing_tasks(page)
    if tasks:
        return (
            CandidateReason.TASK_MISSING,
            f"the person's role on {_called(page)} does not include {' and '.join(tasks)}; ask its admin",
        )
    return (None, None)


def _chosen(page: GrantedPage, platform: Platform, info: TokenInfo) -> bool:
    ids = [page.id]
    if platform is Platform.INSTAGRAM and page.instagram is not None:
        ids.append(page.instagram.id)
    named = (name for name in _NEEDED[platform] if name.startswith("pages_") or len(ids) > 1)
    return all(info.covers(name, ids) for name in named)


def _missing_tasks(page: GrantedPage) -> list[str]:
    """Nothing is missing where Meta does not tell the tasks; without any of use there is no Page token."""
    has = page.tasks
    if has is None or "PROFILE_PLUS_FULL_CONTROL" in has:
        missing: list[str] = []
    else:
        missing = [any_of[0] for any_of in _TASKS if has.isdisjoint((*any_of, *map(_PLUS.format, any_of)))]
    return missing or ([] if page.token else ["MESSAGING"])


def _called(page: GrantedPage) -> str:
    return f"the Page {page.name}" if page.name else f"the Page with the id {page.id}"
