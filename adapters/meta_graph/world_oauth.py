"""Facebook Login: the dialog, what a person ticks in it, and what the code is exchanged for.

Sources: "Manually Build a Login Flow", "Get Long-Lived Tokens".
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from meta_inbox.adapters.meta_graph.world_access import Access
from meta_inbox.adapters.meta_graph.world_errors import GraphError, NoSuchThing, invalid_parameter
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_values import Code, Grant, Json, Person, Status, Token

CODE_LIFE = timedelta(minutes=10)
ALWAYS = "public_profile"
ALL_PERMISSIONS = (
    "pages_show_list",
    "pages_manage_metadata",
    "pages_messaging",
    "pages_read_engagement",
    "instagram_basic",
    "instagram_manage_messages",
    "business_management",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """One opening of the login dialog."""

    redirect_uri: str
    state: str = field(repr=False)
    permissions: tuple[str, ...]
    rerequest: bool = False


@dataclass(slots=True, kw_only=True)
class OAuth:
    """The login dialog and the endpoints behind it; ``redirect_uris`` empty = any address is registered."""

    ground: Ground
    access: Access
    redirect_uris: frozenset[str] = frozenset()

    def dialog(self, params: Mapping[str, str]) -> Dialog:
        """The dialog that these parameters ask for. GraphError when Meta shows an error page instead."""
        if params.get("client_id") != self.ground.app_id:
            raise GraphError(101, "Invalid app ID: the provided app ID does not look like a valid app ID.")
        redirect_uri = params.get("redirect_uri", "")
        known = redirect_uri in self.redirect_uris or not self.redirect_uris
        if not known or urlsplit(redirect_uri).scheme not in ("http", "https"):
            raise GraphError(191, "URL blocked: the redirect URI is not one of the app's Valid OAuth URIs.")
        if params.get("response_type", "code") != "code":
            raise invalid_parameter("this dialog gives codes only")
        return Dialog(
            redirect_uri=redirect_uri,
            state=params.get("state", ""),
            permissions=_asked(params),
            rerequest=params.get("auth_type") == "rerequest",
        )

    def person(self, person_id: str | None = None) -> Person:
        """Who is logged in: the named person, or the first. NoSuchThing."""
        people = self.ground.state.people
        chosen = next(iter(people.values()), None) if person_id is None else people.get(person_id)
        if chosen is None:
            raise NoSuchThing("there is no such person")
        return chosen

    def shown(self, dialog: Dialog, person: Person) -> tuple[str, ...]:
        """The permissions the person is asked for: those once declined only when they are rerequested."""
        grant = self.ground.state.grants.get(person.id)
        if grant is None or dialog.rerequest:
            return dialog.permissions
        return tuple(name for name in dialog.permissions if grant.permissions.get(name) != "declined")

    def approve(
        self,
        dialog: Dialog,
        *,
        person_id: str | None = None,
        page_ids: Sequence[str] | None = None,
        permissions: Sequence[str] | None = None,
    ) -> str:
        """The person agrees; returns where the browser goes. None = everything stays ticked."""
        person = self.person(person_id)
        own = [role.page_id for role in person.roles]
        ticked = own if page_ids is None else [page_id for page_id in own if page_id in page_ids]
        self._grant(person, self.shown(dialog, person), ticked, permissions)
        text = self.ground.text("AQ", 90)
        self.ground.state.codes[text] = Code(
            person_id=person.id, redirect_uri=dialog.redirect_uri, issued_at=self.ground.now()
        )
        return _back(dialog, {"code": text})

    def _grant(
        self, person: Person, shown: Sequence[str], ticked: Sequence[str], permissions: Sequence[str] | None
    ) -> None:
        before = self.ground.state.grants.get(person.id)
        answers: dict[str, Status] = {
            name: "granted" if permissions is None or name in permissions or name == ALWAYS else "declined"
            for name in shown
        }
        self.ground.state.grants[person.id] = Grant(
            permissions={**(before.permissions if before else {}), **answers, ALWAYS: "granted"},
            page_ids=tuple(ticked),
            at=self.ground.now(),
        )

    def cancel(self, dialog: Dialog) -> str:
        """The person closes the dialog; returns where the browser goes."""
        refusal = {"error": "access_denied", "error_code": "200", "error_description": "Permissions error"}
        return _back(dialog, refusal | {"error_reason": "user_denied"})

    def access_token(self, params: Mapping[str, str]) -> Json:
        """The token endpoint: a code's exchange, a long-lived exchange, or the app's own token."""
        self._require_client(params)
        match params.get("grant_type", "authorization_code"):
            case "authorization_code":
                return self._issued(self._redeem(params))
            case "fb_exchange_token":
                token = self.access.alive(params.get("fb_exchange_token", ""))
                if token.type != "USER":
                    raise invalid_parameter("fb_exchange_token must be a user access token")
                return self._issued(self.access.user_token(token.person_id, long_lived=True))
            case "client_credentials":
                return {"access_token": self.ground.app_token, "token_type": "bearer"}
            case _:
                raise invalid_parameter("unsupported grant_type")

    def _require_client(self, params: Mapping[str, str]) -> None:
        if params.get("client_id") != self.ground.app_id:
            raise GraphError(101, "Error validating application. Cannot get application info.")
        given, ours = params.get("client_secret", ""), self.ground.app_secret.reveal()
        if not hmac.compare_digest(given.encode(), ours.encode()):
            raise GraphError(1, "Error validating client secret.")

    def _redeem(self, params: Mapping[str, str]) -> Token:
        text = params.get("code", "")
        code = self.ground.state.codes.get(text)
        if code is None:
            raise GraphError(100, "Invalid verification code format.")
        if code.used:
            raise GraphError(100, "This authorization code has been used.", subcode=36009)
        if self.ground.now() > code.issued_at + CODE_LIFE:
            raise GraphError(100, "This authorization code has expired.", subcode=36007)
        if params.get("redirect_uri") != code.redirect_uri:
            message = (
                "Error validating verification code. Please make sure your redirect_uri is identical to "
            )
            raise GraphError(100, f"{message}the one you used in the OAuth dialog request", subcode=36008)
        self.ground.state.codes[text] = replace(code, used=True)
        return self.access.user_token(code.person_id, long_lived=False)

    def _issued(self, token: Token) -> Json:
        answer: Json = {"access_token": token.text, "token_type": "bearer"}
        if self.ground.state.quirks.expires_in_given and token.expires_at is not None:
            answer["expires_in"] = int((token.expires_at - self.ground.now()).total_seconds())
        return answer


def _asked(params: Mapping[str, str]) -> tuple[str, ...]:
    """The scopes; a Login for Business configuration, whichever it is, asks for all of them."""
    if params.get("config_id"):
        return ALL_PERMISSIONS
    return tuple(dict.fromkeys(params.get("scope", ALWAYS).replace(",", " ").split()))


def _back(dialog: Dialog, params: dict[str, str]) -> str:
    separator = "&" if urlsplit(dialog.redirect_uri).query else "?"
    return f"{dialog.redirect_uri}{separator}{urlencode(params | {'state': dialog.state})}"
