"""Instagram Login: its dialog, what an account leaves ticked there, and what the code is exchanged for.

Source: "Business Login for Instagram". Its token endpoint complains in an envelope of its own.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from meta_inbox.adapters.meta_graph.world_access import Access
from meta_inbox.adapters.meta_graph.world_errors import GraphError, LoginError, NoSuchThing, invalid_parameter
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_instagram import BASIC, Instagram, scoped_id
from meta_inbox.adapters.meta_graph.world_oauth import Dialog
from meta_inbox.adapters.meta_graph.world_values import Code, Grant, InstagramAccount, Json, Status, Token

CODE_LIFE = timedelta(hours=1)
SHORT_LIFE = timedelta(hours=1)
REFRESHED_AFTER = timedelta(hours=24)


@dataclass(slots=True, kw_only=True)
class InstagramLogin:
    """The dialog and the endpoints behind it; ``redirect_uris`` empty = any address is registered."""

    ground: Ground
    access: Access
    instagram: Instagram
    redirect_uris: frozenset[str] = frozenset()

    def dialog(self, params: Mapping[str, str]) -> Dialog:
        """The dialog that these parameters ask for. GraphError when Instagram shows an error page instead."""
        if params.get("client_id") != self.ground.instagram_app.id:
            raise invalid_parameter("Invalid platform app")
        redirect_uri = params.get("redirect_uri", "")
        known = redirect_uri in self.redirect_uris or not self.redirect_uris
        if not known or urlsplit(redirect_uri).scheme not in ("http", "https"):
            raise invalid_parameter("Invalid redirect_uri")
        if params.get("response_type") != "code":
            raise invalid_parameter("Invalid response_type")
        asked = tuple(dict.fromkeys(params.get("scope", "").replace(",", " ").split()))
        if not asked:
            raise invalid_parameter("Invalid scope")
        return Dialog(redirect_uri=redirect_uri, state=params.get("state", ""), permissions=asked)

    def account(self, account_id: str | None = None) -> InstagramAccount:
        """Which account is logged in: the named one, or the first. NoSuchThing."""
        accounts = self.ground.state.instagram
        chosen = next(iter(accounts.values()), None) if account_id is None else accounts.get(account_id)
        if chosen is None:
            raise NoSuchThing("there is no such Instagram account")
        return chosen

    def approve(
        self, dialog: Dialog, *, account_id: str | None = None, permissions: Sequence[str] | None = None
    ) -> str:
        """The account agrees; returns where the browser goes. None = everything stays ticked."""
        account = self.account(account_id)
        answers: dict[str, Status] = {
            name: "granted" if permissions is None or name in permissions else "declined"
            for name in dialog.permissions
        }
        self.ground.state.grants[account.id] = Grant(permissions=answers, page_ids=(), at=self.ground.now())
        text = self.ground.text("AQB", 90)
        self.ground.state.codes[text] = Code(
            person_id=account.id,
            redirect_uri=dialog.redirect_uri,
            issued_at=self.ground.now(),
            instagram=True,
        )
        return _back(dialog, {"code": text}) + "#_"

    def cancel(self, dialog: Dialog) -> str:
        """The account closes the dialog; returns where the browser goes."""
        refusal = {"error": "access_denied", "error_reason": "user_denied"}
        return _back(dialog, refusal | {"error_description": "The user denied your request"})

    def exchange(self, params: Mapping[str, str]) -> Json:
        """api.instagram.com: the code for a token that lives an hour. LoginError."""
        self._require_client(params)
        if params.get("grant_type") != "authorization_code":
            raise LoginError("Invalid grant_type")
        token = self._redeem(params)
        granted = [name for name in self.access.grant(token).scopes if name]
        if self.ground.state.quirks.instagram_wrapped:
            row = {"user_id": scoped_id(token.person_id), "permissions": ",".join(granted)}
            return {"data": [{"access_token": token.text, **row}]}
        return {"access_token": token.text, "user_id": int(token.person_id), "permissions": granted}

    def _require_client(self, params: Mapping[str, str]) -> None:
        given, ours = params.get("client_secret", ""), self.ground.instagram_app.secret.reveal()
        right = hmac.compare_digest(given.encode(), ours.encode())
        if params.get("client_id") != self.ground.instagram_app.id or not right:
            raise LoginError("Invalid platform app")

    def _redeem(self, params: Mapping[str, str]) -> Token:
        text = params.get("code", "")
        code = self.ground.state.codes.get(text)
        if code is None or code.used or not code.instagram:
            raise LoginError("Matching code was not found or was already used")
        if self.ground.now() > code.issued_at + CODE_LIFE:
            raise LoginError("This authorization code has expired")
        if params.get("redirect_uri") != code.redirect_uri:
            raise LoginError("Error validating verification code: redirect_uri is not identical")
        self.ground.state.codes[text] = replace(code, used=True)
        return self.instagram.issue(code.person_id, SHORT_LIFE)

    def long_lived(self, params: Mapping[str, str]) -> Json:
        """graph.instagram.com: the short token for one of 60 days. GraphError."""
        given, ours = params.get("client_secret", ""), self.ground.instagram_app.secret.reveal()
        if not hmac.compare_digest(given.encode(), ours.encode()):
            raise GraphError(101, "Error validating application. Invalid application secret.")
        if params.get("grant_type") != "ig_exchange_token":
            raise invalid_parameter("Invalid grant_type")
        token = self._own(params)
        if token.long_lived:
            raise GraphError(452, "Session key invalid: this token is long-lived already")
        return self._issued(self.instagram.issue(token.person_id))

    def refresh(self, params: Mapping[str, str]) -> Json:
        """graph.instagram.com: 60 more days for a long-lived token that is a day old. GraphError."""
        if params.get("grant_type") != "ig_refresh_token":
            raise invalid_parameter("Invalid grant_type")
        token = self._own(params)
        if not token.long_lived or self.ground.now() < token.issued_at + REFRESHED_AFTER:
            raise invalid_parameter("This token cannot be refreshed yet")
        return self._issued(self.instagram.issue(token.person_id))

    def _own(self, params: Mapping[str, str]) -> Token:
        token = self.access.alive(params.get("access_token", ""))
        if token.type != "INSTAGRAM":
            raise invalid_parameter("Unsupported token type")
        self.access.require_permission(token, BASIC)
        return token

    def _issued(self, token: Token) -> Json:
        answer: Json = {"access_token": token.text, "token_type": "bearer"}
        if token.expires_at is not None:
            answer["expires_in"] = int((token.expires_at - self.ground.now()).total_seconds())
        return answer


def _back(dialog: Dialog, params: dict[str, str]) -> str:
    return f"{dialog.redirect_uri}?{urlencode(params | {'state': dialog.state})}"
