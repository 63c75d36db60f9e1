"""Pages: who manages them, their linked Instagram accounts, and what their tokens show.

Sources: "Page", "User Accounts".
"""

from dataclasses import dataclass, replace

from meta_inbox.adapters.meta_graph.world_access import Access, Caller, has_task
from meta_inbox.adapters.meta_graph.world_errors import (
    NoSuchThing,
    invalid_parameter,
    no_such_object,
    page_not_granted,
)
from meta_inbox.adapters.meta_graph.world_fields import Paging, parse_fields, pick
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_values import Grant, Json, Page, Role, Surface, Token

_WORKING_TASKS = ("MANAGE", "CREATE_CONTENT", "MODERATE", "MESSAGING")
_TO_WRITE: dict[Surface, tuple[str, ...]] = {
    "page": ("pages_messaging",),
    "instagram": ("instagram_basic", "instagram_manage_messages"),
}
_BY_LOGIN = ("instagram_business_basic", "instagram_business_manage_messages")
_DEFAULT_PAGE_FIELDS = "id,name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """In whose name a call is made: a Page's, or that of an Instagram account by its own login."""

    token: Token
    id: str
    page: Page | None
    instagram_id: str | None

    @property
    def account_ids(self) -> tuple[str, ...]:
        """Whose contacts and comments it reaches."""
        return tuple(filter(None, (self.page.id if self.page else None, self.instagram_id)))

    def account_of(self, surface: Surface) -> str:
        """The account on this surface. GraphError when there is none."""
        found = self.instagram_id if surface == "instagram" else (self.page.id if self.page else None)
        if found is None:
            raise invalid_parameter("There is no such account for this token", 2534013)
        return found


@dataclass(slots=True, kw_only=True)
class Pages:
    """The Page nodes and edges of the Graph API."""

    ground: Ground
    access: Access

    def me(self, caller: Caller, fields: str = "") -> Json:
        """The person, or the Page when the token is a Page's."""
        token = self.access.require(caller)
        if token.page_id is not None:
            return self.node(caller, token.page_id, fields)
        person = self.ground.state.people[token.person_id]
        return pick({"id": person.id, "name": person.name}, parse_fields(fields or _DEFAULT_PAGE_FIELDS))

    def accounts(
        self, caller: Caller, *, fields: str = "", limit: int = 25, after: str | None = None
    ) -> Json:
        """The granted Pages; those of a Business Portfolio only with business_management."""
        token = self.access.require(caller, "USER")
        grant = self.access.grant(token)
        roles = [role for role in self._granted(token, grant) if _listed(role, grant)]
        nodes = [self._node(token, grant, role) for role in roles]
        query = {"fields": fields} if fields else {}
        paging = Paging(limit=limit, after=after, most=self.ground.state.quirks.page_size)
        url = f"{self.ground.public_url}/{self.ground.version}/{token.person_id}/accounts"
        return paging.of(nodes, parse_fields(fields or "id,name,access_token,tasks"), url, query)

    def _granted(self, token: Token, grant: Grant) -> list[Role]:
        if not grant.has("pages_show_list"):
            return []
        person = self.ground.state.people[token.person_id]
        return [role for role in person.roles if role.page_id in grant.page_ids]

    def node(self, caller: Caller, page_id: str, fields: str = "") -> Json:
        """One Page, for somebody who granted it."""
        token = self.access.require(caller)
        role = self.ground.state.people[token.person_id].role(page_id)
        if page_id not in self.ground.state.pages or role is None:
            raise no_such_object(page_id)
        grant = self.access.grant(token)
        if page_id not in grant.page_ids:
            raise page_not_granted()
        if token.page_id not in (None, page_id):
            raise no_such_object(page_id)
        return pick(self._node(token, grant, role), parse_fields(fields or _DEFAULT_PAGE_FIELDS))

    def _node(self, token: Token, grant: Grant, role: Role) -> Json:
        page = self.ground.state.pages[role.page_id]
        works = any(has_task(role.tasks, task) for task in _WORKING_TASKS)
        user_token = token.type == "USER"
        node: Json = {"id": page.id, "name": page.name, "category": "Business"}
        if works:
            own = self.access.page_token(token, page.id) if user_token else token
            node["access_token"] = own.text
        if user_token:
            node["tasks"] = list(role.tasks)
        if page.instagram_id is not None and grant.has("instagram_basic"):
            node["instagram_business_account"] = self._instagram(page.instagram_id)
        return node

    def _instagram(self, account_id: str) -> Json:
        account = self.ground.state.instagram[account_id]
        picture = f"{self.ground.media_url}/media/avatar/{account.id}.png"
        return {
            "id": account.id,
            "username": account.username,
            "name": account.name,
            "profile_picture_url": picture,
        }

    def page_token(self, caller: Caller, page_id: str) -> tuple[Token, Page]:
        """The caller's Page token and its Page. GraphError when it is no Page's, or another's."""
        token = self.access.require(caller, "PAGE")
        if page_id not in ("me", token.page_id) or token.page_id is None:
            raise no_such_object(page_id)
        return token, self.ground.state.pages[token.page_id]

    def acting(self, caller: Caller, node: str) -> Acting:
        """In whose name the call is made. GraphError for a person's token, or another node than its own."""
        if caller.host == "facebook":
            token, page = self.page_token(caller, node)
            return Acting(token=token, id=page.id, page=page, instagram_id=page.instagram_id)
        token = self.access.require(caller, "INSTAGRAM")
        if node not in ("me", token.instagram_id) or token.instagram_id is None:
            raise no_such_object(node)
        return Acting(token=token, id=token.instagram_id, page=None, instagram_id=token.instagram_id)

    def require_messaging(self, acting: Acting, surface: Surface) -> None:
        """GraphError unless the permissions to write on this surface are granted."""
        needed = _BY_LOGIN if acting.page is None else _TO_WRITE[surface]
        self.access.require_permission(acting.token, *needed)

    def link(self, page_id: str, instagram_id: str | None) -> None:
        """Links an Instagram account to the Page, away from any other Page, or unlinks it. NoSuchThing."""
        page = self.ground.page(page_id)
        if instagram_id is not None and instagram_id not in self.ground.state.instagram:
            raise NoSuchThing(f"there is no Instagram account {instagram_id}")
        for other in list(self.ground.state.pages.values()):
            if instagram_id is not None and other.instagram_id == instagram_id:
                self.ground.state.pages[other.id] = replace(other, instagram_id=None)
        self.ground.state.pages[page_id] = replace(page, instagram_id=instagram_id)


def _listed(role: Role, grant: Grant) -> bool:
    return not role.portfolio_only or grant.has("business_management")
