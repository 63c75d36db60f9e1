"""Instagram API with Instagram Login: its dialog, and what the code is redeemed for.

Source: "Business Login for Instagram". The answers come in two shapes, flat and as a list under ``data``, and
ids as text or as numbers beyond 2**53. Of an account's two ids ``user_id`` is the one that webhooks name;
``id`` is scoped to the app, and what Meta's deauthorisation may name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlencode

from meta_inbox.adapters.meta_graph.calls import GraphCalls, MetaApp
from meta_inbox.adapters.meta_graph.exchange import Request
from meta_inbox.adapters.meta_graph.graph_errors import Class
from meta_inbox.adapters.meta_graph.json_values import as_dict, as_id, as_kept_text, as_list, as_text
from meta_inbox.adapters.meta_graph.wire import Complaint, as_duration
from meta_inbox.domain.errors import AccessRevoked, ConnectFailed, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.oauth_state import Candidate, CandidateReason, Grant, Wanted
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Clock

_BASIC = "instagram_business_basic"
_NEEDED = (_BASIC, "instagram_business_manage_messages")
_FIELDS = "id,user_id,username,name,account_type,profile_picture_url"
_NOT_OF_THE_CODE = "#_"
"""What Instagram appends to its answer, for whoever copies the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortLived:
    """A token for an hour; ``permissions`` None = Meta did not say which were granted."""

    token: Secret
    user_id: str | None
    permissions: frozenset[str] | None

    @property
    def missing(self) -> list[str]:
        """What is needed and was not granted."""
        return [name for name in _NEEDED if self.permissions is not None and name not in self.permissions]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpInstagramLogin:
    """Gives the one account that logs in, with a token of its own for 60 days."""

    graph: GraphCalls
    app: MetaApp
    redirect_uri: str
    clock: Clock
    scopes: Sequence[str] = _NEEDED
    dialog_base_url: str = "https://www.instagram.com"
    api_base_url: str = "https://api.instagram.com"

    def dialog_url(self, state: Secret, wanted: Wanted) -> str:  # noqa: ARG002 # it gives Instagram alone
        """Where the browser logs in, anew each time, so that another account can be chosen."""
        query = {
            "force_reauth": "true",
            "client_id": self.app.id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": ",".join(self.scopes),
            "state": state.reveal(),
        }
        return f"{self.dialog_base_url.rstrip('/')}/oauth/authorize?{urlencode(query)}"

    async def redeem(self, code: Secret, wanted: Wanted) -> Grant:  # noqa: ARG002 # the same
        """What the login gave. ConnectFailed, GraphUnavailable."""
        short = await self._short_lived(code)
        try:
            return await self._grant(short)
        except (RefusedByMeta, AccessRevoked) as error:
            raise _refused(f"Meta refused the login: {error}") from error

    async def _short_lived(self, code: Secret) -> ShortLived:
        form = {
            "client_id": self.app.id,
            "client_secret": self.app.secret.reveal(),
            "grant_type": "authorization_code",
            "redirect_uri": self.redirect_uri,
            "code": code.reveal().removesuffix(_NOT_OF_THE_CODE),
        }
        url = f"{self.api_base_url.rstrip('/')}/oauth/access_token"
        found = await self.graph.bare(Request(method="POST", url=url, form=form))
        if isinstance(found, Complaint):
            _fail(found, code="code_invalid")
        row = _unwrapped(found)
        return ShortLived(token=_token(row), user_id=as_id(row.get("user_id")), permissions=_permissions(row))

    async def _grant(self, short: ShortLived) -> Grant:
        if _BASIC in short.missing:  # without it Meta tells nothing more
            return _granted(short.token, None, None, {}, short)
        token, expires_at = await self._long_lived(short.token)
        found = await self.graph.at_instagram().get("me", token=token, query={"fields": _FIELDS})
        about = _unwrapped(found)
        if as_id(about.get("user_id")) is None:
            raise _refused("Meta does not say which Instagram account logged in")
        return _granted(token, expires_at, as_id(about.get("id")), about, short)

    async def _long_lived(self, short: Secret) -> tuple[Secret, datetime | None]:
        """By GET, as the documents have it and Meta takes it: both secrets are in the address."""
        query = {
            "grant_type": "ig_exchange_token",
            "client_secret": self.app.secret.reveal(),
            "access_token": short.reveal(),
        }
        url = f"{self.graph.instagram_base_url.rstrip('/')}/access_token"
        found = await self.graph.bare(Request(method="GET", url=url, query=query))
        if isinstance(found, Complaint):
            _fail(found, code="meta_refused")
        life = as_duration(found.get("expires_in"))
        return _token(found), self.clock.now() + life if life else None


def _granted(
    token: Secret,
    expires_at: datetime | None,
    scoped_id: str | None,
    about: dict[str, Any],
    short: ShortLived,
) -> Grant:
    return Grant(
        meta_user_id=scoped_id or short.user_id or "",
        user_token=token,
        user_token_expires_at=expires_at,
        candidates=(_candidate(about, short.missing),),
        page_tokens={},
    )


def _candidate(about: dict[str, Any], missing: Sequence[str]) -> Candidate:
    account_id, username = as_id(about.get("user_id")), as_kept_text(about.get("username"))
    detail = f"the permission {' and '.join(missing)} was not granted; connect again and leave it ticked"
    return Candidate(
        key=f"instagram:{account_id or 'me'}",
        platform=Platform.INSTAGRAM,
        external_id=account_id,
        name=as_kept_text(about.get("name")) or username,
        username=username,
        profile_picture_url=as_kept_text(about.get("profile_picture_url")),
        page_id=None,
        page_name=None,
        reason=CandidateReason.PERMISSION_MISSING if missing else None,
        detail=detail if missing else None,
    )


def _unwrapped(found: dict[str, Any]) -> dict[str, Any]:
    """The one object, whichever of the two shapes it comes in."""
    rows = as_list(found.get("data"))
    return (as_dict(rows[0]) or {}) if rows else found


def _permissions(row: dict[str, Any]) -> frozenset[str] | None:
    told = row.get("permissions")
    if told is None:
        return None
    names = told.split(",") if isinstance(told, str) else map(as_text, as_list(told))
    return frozenset(name.strip() for name in names if name)


def _token(row: dict[str, Any]) -> Secret:
    text = as_text(row.get("access_token"))
    if text is None:
        raise _refused("Meta's answer to the login holds no access token")
    return Secret(text)


def _fail(complaint: Complaint, *, code: str) -> NoReturn:
    """Codes that are used or too old and a wrong app are told apart by Meta's text alone."""
    if complaint.verdict.kind in (Class.WAIT, Class.UNCERTAIN):
        raise GraphUnavailable(complaint.detail, retry_after=complaint.wait or None)
    raise ConnectFailed(
        "Instagram did not accept this login; begin again. If it happens each time, META_INSTAGRAM_APP_ID, "
        f"META_INSTAGRAM_APP_SECRET and the redirect address must match ({complaint.detail})",
        code=code,
        by_meta=code == "meta_refused",
    )


def _refused(detail: str) -> ConnectFailed:
    return ConnectFailed(detail, code="meta_refused", by_meta=True)
