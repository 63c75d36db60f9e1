"""Facebook Login: the dialog's address, and what its code is redeemed for.

Sources: "Manually Build a Login Flow", "Get Long-Lived Tokens". A Page token read with a long-lived user
token does not expire by time, so the exchange comes before the Pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from meta_inbox.adapters.meta_graph.calls import GraphCalls
from meta_inbox.adapters.meta_graph.graph_errors import Class
from meta_inbox.adapters.meta_graph.json_values import as_text
from meta_inbox.adapters.meta_graph.login_candidates import Granted, candidates_of
from meta_inbox.adapters.meta_graph.login_facts import (
    TokenInfo,
    granted_pages,
    granted_permissions,
    token_info,
)
from meta_inbox.adapters.meta_graph.wire import Complaint, as_duration
from meta_inbox.domain.errors import AccessRevoked, ConnectFailed, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.oauth_state import Grant, Wanted
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Clock

_CLIENT_SECRET_WRONG = 1
_INVALID = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class UserToken:
    """A user's token; ``expires_at`` None = Meta named no end."""

    token: Secret
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMetaLogin:
    """Facebook Login, or Facebook Login for Business when there is a ``config_id``."""

    graph: GraphCalls
    redirect_uri: str
    clock: Clock
    scopes: Sequence[str] = ()
    config_id: str | None = None
    dialog_base_url: str = "https://www.facebook.com"

    def dialog_url(self, state: Secret, wanted: Wanted) -> str:  # noqa: ARG002 # see the docstring
        """Where the browser logs in. Everything is asked for at once, whatever is wanted now: a later
        login that asked for less would take the rest away."""
        query = {
            "client_id": self.graph.app.id,
            "redirect_uri": self.redirect_uri,
            "state": state.reveal(),
            "response_type": "code",
        }
        asked = {"scope": ",".join(self.scopes), "auth_type": "rerequest"}  # also what was once declined
        if self.config_id:
            asked = {"config_id": self.config_id}
        address = f"{self.dialog_base_url.rstrip('/')}/{self.graph.version}/dialog/oauth"
        return f"{address}?{urlencode(query | asked)}"

    async def redeem(self, code: Secret, wanted: Wanted) -> Grant:
        """What the login gave. ConnectFailed, GraphUnavailable."""
        try:
            return await self._grant(await self._long_lived(await self._short_lived(code)), wanted)
        except (RefusedByMeta, AccessRevoked) as error:
            raise _refused(f"Meta refused the login: {error}") from error

    async def _short_lived(self, code: Secret) -> UserToken:
        found = await self.graph.exchange({"redirect_uri": self.redirect_uri, "code": code.reveal()})
        if not isinstance(found, Complaint):
            return self._token(found)
        if found.code == _INVALID:
            raise ConnectFailed(
                "Meta no longer accepts the code of this login; begin again", code="code_invalid"
            )
        raise _failure(found)

    async def _long_lived(self, short: UserToken) -> UserToken:
        found = await self.graph.exchange(
            {"grant_type": "fb_exchange_token", "fb_exchange_token": short.token.reveal()}
        )
        if not isinstance(found, Complaint):
            return self._token(found)
        if found.verdict.kind is Class.DROP and short.expires_at is None:
            return short  # the token of a system user: there is nothing longer
        raise _failure(found)

    def _token(self, found: dict[str, Any]) -> UserToken:
        text = as_text(found.get("access_token"))
        if text is None:
            raise _refused("Meta's answer to the login holds no access token")
        life = as_duration(found.get("expires_in"))
        return UserToken(token=Secret(text), expires_at=self.clock.now() + life if life else None)

    async def _grant(self, user: UserToken, wanted: Wanted) -> Grant:
        info = await self._own_token(user.token)
        permissions = await granted_permissions(self.graph, user.token)
        pages = await granted_pages(self.graph, user.token, info)
        if not pages:
            raise _no_accounts(permissions)
        return Grant(
            meta_user_id=info.user_id or "",
            user_token=user.token,
            user_token_expires_at=None if info.never_expires else info.expires_at or user.expires_at,
            data_access_expires_at=info.data_access_expires_at,
            candidates=candidates_of(pages, wanted, Granted(permissions=permissions, info=info)),
            page_tokens={page.id: page.token for page in pages if page.token is not None},
        )

    async def _own_token(self, token: Secret) -> TokenInfo:
        info = await token_info(self.graph, token)
        if not info.valid or info.user_id is None:
            raise _refused("Meta does not vouch for the access token of this login")
        if info.app_id != self.graph.app.id:
            raise ConnectFailed("the access token belongs to another Meta app", code="wrong_app")
        return info


def _failure(complaint: Complaint) -> Exception:
    """A wrong app secret is answered with the code of a passing fault, though it does not pass."""
    permanent = complaint.code == _CLIENT_SECRET_WRONG and complaint.status < 500
    if complaint.verdict.kind in (Class.WAIT, Class.UNCERTAIN) and not permanent:
        return GraphUnavailable(complaint.detail, retry_after=complaint.wait or None)
    return _refused(
        "Meta refused the login; META_APP_ID, META_APP_SECRET and the redirect address must match"
    )


def _refused(detail: str) -> ConnectFailed:
    return ConnectFailed(detail, code="meta_refused", by_meta=True)


def _no_accounts(permissions: frozenset[str]) -> ConnectFailed:
    detail = "the login gave no Page; connect again and leave at least one ticked"
    if "pages_show_list" not in permissions:
        detail = "the permission pages_show_list was not granted; connect again and leave it ticked"
    return ConnectFailed(detail, code="no_accounts")
