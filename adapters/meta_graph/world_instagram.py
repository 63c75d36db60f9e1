"""Instagram API with Instagram Login: an account that acts for itself, at a host of its own.

Source: "Instagram API with Instagram Login". Its tokens are good at graph.instagram.com alone, live 60 days
and carry no proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from meta_inbox.adapters.meta_graph.world_access import DATA_ACCESS, LONG_LIFE, Access, Caller
from meta_inbox.adapters.meta_graph.world_errors import NoSuchThing, no_such_object
from meta_inbox.adapters.meta_graph.world_fields import parse_fields, pick
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_values import Grant, Json, Token

PERMISSIONS = (
    "instagram_business_basic",
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
        token = Token(
            text=self.ground.text("IGAA", 120),
            type="INSTAGRAM",
            person_id=account_id,
            instagram_id=account_id,
            long_lived=True,
            issued_at=now,
            expires_at=now + LONG_LIFE,
            data_access_expires_at=now + DATA_ACCESS,
        )
        state.tokens[token.text] = token
        return token

    def me(self, caller: Caller, node: str, fields: str = "") -> Json:
        """The account itself; ``id`` is scoped to the app, ``user_id`` is what webhooks name."""
        token = self.access.require(caller, "INSTAGRAM")
        account = self.ground.state.instagram[token.instagram_id or ""]
        if node not in ("me", account.id):
            raise no_such_object(node)
        self.access.require_permission(token, "instagram_business_basic")
        about: Json = {
            "id": f"9{account.id[-9:]}",
            "user_id": account.id,
            "username": account.username,
            "name": account.name,
            "account_type": "BUSINESS",
            "profile_picture_url": f"{self.ground.media_url}/media/avatar/{account.id}.png",
        }
        return pick(about, parse_fields(fields or "id,username"))
