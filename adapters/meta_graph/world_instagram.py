"""Instagram API with Instagram Login: an account that acts for itself, at a host of its own.

Source: "Instagram API with Instagram Login". Its tokens are good at graph.instagram.com alone, live 60 days
and carry no proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from meta_inbox.adapters.meta_graph.json_values import is_list
from meta_inbox.adapters.meta_graph.world_access import DATA_ACCESS, LONG_LIFE, Access, Caller
from meta_inbox.adapters.meta_graph.world_errors import NoSuchThing, invalid_parameter, no_such_object
from meta_inbox.adapters.meta_graph.world_fields import parse_fields, pick
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_subscriptions import INSTAGRAM_FIELDS, require_known
from meta_inbox.adapters.meta_graph.world_values import Grant, Json, Token

BASIC = "instagram_business_basic"
PERMISSIONS = (
    BASIC,
    "instagram_business_manage_messages",
    "instagram_business_manage_comments",
)


@dataclass(slots=True, kw_only=True)
class Instagram:
    """Accounts that logged in by themselves."""

    ground: Ground
    access: Access

    def token(self, account_id: str, permissions: Sequence[str] = PERMISSIONS) -> Token:
        """A long-lived token of the account, which grants exactly these permissions. NoSuchThing."""
        state, now = self.ground.state, self.ground.now()
        if account_id not in state.instagram:
            raise NoSuchThing(f"there is no Instagram account {account_id}")
        state.grants[account_id] = Grant(
            permissions=dict.fromkeys(permissions, "granted"), page_ids=(), at=now
        )
        return self.issue(account_id)

    def issue(self, account_id: str, life: timedelta = LONG_LIFE) -> Token:
        """A token of the account with what it granted; a shorter life than the usual is a first token's."""
        now = self.ground.now()
        token = Token(
            text=self.ground.text("IGAA", 120),
            type="INSTAGRAM",
            person_id=account_id,
            instagram_id=account_id,
            long_lived=life == LONG_LIFE,
            issued_at=now,
            expires_at=now + life,
            data_access_expires_at=now + DATA_ACCESS,
        )
        self.ground.state.tokens[token.text] = token
        return token

    def me(self, caller: Caller, node: str, fields: str = "") -> Json:
        """The account itself; ``id`` is scoped to the app, ``user_id`` is what webhooks name."""
        token = self.access.require(caller, "INSTAGRAM")
        account = self.ground.state.instagram[token.instagram_id or ""]
        if node not in ("me", account.id, scoped_id(account.id)):
            raise no_such_object(node)
        self.access.require_permission(token, BASIC)
        about: Json = {
            "id": scoped_id(account.id),
            "user_id": account.id,
            "username": account.username,
            "name": account.name,
            "account_type": "BUSINESS",
            "profile_picture_url": f"{self.ground.media_url}/media/avatar/{account.id}.png",
        }
        shown = pick(about, parse_fields(fields or "id,username"))
        return {"data": [shown]} if self.ground.state.quirks.instagram_wrapped else shown

    def install(self, caller: Caller, node: str, fields: Sequence[str]) -> Json:
        """Has the account send its webhooks; naming any field turns on all that the app hears of."""
        token = self._messaging(caller, node)
        if not fields:
            raise invalid_parameter("The parameter subscribed_fields is required.")
        require_known(fields, INSTAGRAM_FIELDS, "subscribed_fields")
        self.ground.state.installed_by_login[token.person_id] = tuple(dict.fromkeys(fields))
        return {"success": True}

    def installed(self, caller: Caller, node: str) -> Json:
        """This app and the fields it gets from the account, if any."""
        fields = self.ground.state.installed_by_login.get(self._messaging(caller, node).person_id)
        app = {"app_id": self.ground.instagram_app.id, "subscribed_fields": list(fields or ())}
        return {"data": [app] if fields else []}

    def uninstall(self, caller: Caller, node: str) -> Json:
        """Ends all webhooks of the account to this app."""
        self.ground.state.installed_by_login.pop(self._messaging(caller, node).person_id, None)
        return {"success": True}

    def _messaging(self, caller: Caller, node: str) -> Token:
        token = self.access.require(caller, "INSTAGRAM")
        if node not in ("me", token.instagram_id, scoped_id(token.person_id)):
            raise no_such_object(node)
        self.access.require_permission(token, BASIC, "instagram_business_manage_messages")
        return token

    def scoped(self) -> dict[str, str]:
        """What this login's app calls the contacts of Instagram accounts, by what the other calls them."""
        if not self.ground.state.quirks.scoped_ids_differ:
            return {}
        contacts = self.ground.state.contacts.values()
        return {one.id: f"88{one.id}" for one in contacts if one.surface == "instagram"}


def scoped_id(account_id: str) -> str:
    """The id of an account that is scoped to the app, which no webhook names."""
    return f"9{account_id[-9:]}"


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The JSON with other ids in it."""
    if isinstance(value, dict):
        return {key: renamed(one, names) for key, one in cast("Json", value).items()}
    if is_list(value):
        return [renamed(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value
