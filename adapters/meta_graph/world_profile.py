"""The Messenger profile of a Page or an Instagram account. Source: "Messenger Profile API"."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_errors import GraphError, invalid_parameter
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_pages import Pages
from meta_inbox.adapters.meta_graph.world_values import Json, Surface

OFFERED: dict[Surface, tuple[str, ...]] = {
    "page": ("get_started", "greeting", "ice_breakers", "persistent_menu"),
    "instagram": ("ice_breakers", "persistent_menu"),
}
CALLS, WITHIN = 10, timedelta(minutes=10)
MENU_NEEDS_BUTTON = 2018145
_ITEMS = {"page": ("postback", "web_url"), "instagram": ("postback", "web_url")}


@dataclass(slots=True, kw_only=True)
class Profiles:
    """What people see before they write, one profile for each account."""

    ground: Ground
    pages: Pages
    calls: dict[str, list[datetime]] = field(default_factory=dict[str, list[datetime]])

    def get(self, caller: Caller, node: str, platform: str, fields: Sequence[str]) -> Json:
        """What is set of the fields; nothing is an empty list."""
        account_id, surface = self._account(caller, node, platform)
        _require_known(fields, surface)
        profile = self.ground.state.profiles.get(account_id, {})
        found = {name: profile[name] for name in fields if name in profile}
        return {"data": [found] if found else []}

    def set(self, caller: Caller, node: str, params: Json) -> Json:
        """Sets what is given in place of what there was; one wrong part, and nothing is set."""
        account_id, surface = self._account(caller, node, str(params.get("platform", "messenger")))
        given = {name: part for name, part in params.items() if name in OFFERED["page"]}
        _require_known(list(given), surface)
        if not given:
            raise invalid_parameter("At least one property is required.")
        try:
            _require_limits(given, surface)
        except (KeyError, TypeError):
            raise invalid_parameter("Invalid parameter: a property has a wrong shape") from None
        after = {**self.ground.state.profiles.get(account_id, {}), **given}
        _require_button(after, surface)
        self.ground.state.profiles[account_id] = after
        return {"result": "success"}

    def delete(self, caller: Caller, node: str, platform: str, fields: Sequence[str]) -> Json:
        """Removes the fields; what is not there is no error."""
        account_id, surface = self._account(caller, node, platform)
        _require_known(fields, surface)
        profile = self.ground.state.profiles.get(account_id, {})
        after = {name: part for name, part in profile.items() if name not in fields}
        _require_button(after, surface)
        self.ground.state.profiles[account_id] = after
        return {"result": "success"}

    def _account(self, caller: Caller, node: str, platform: str) -> tuple[str, Surface]:
        acting = self.pages.acting(caller, node)
        surface: Surface = "instagram" if platform == "instagram" else "page"
        account_id = acting.account_of(surface)
        self.pages.require_messaging(acting, surface)
        self._require_patience(acting.id)
        return account_id, surface

    def _require_patience(self, owner: str) -> None:
        now = self.ground.now()
        recent = [at for at in self.calls.get(owner, ()) if now - at < WITHIN]
        self.calls[owner] = [*recent, now]
        if len(recent) >= CALLS:
            raise GraphError(613, "(#613) Calls to this api have exceeded the rate limit.", status=429)


def _require_known(fields: Sequence[str], surface: Surface) -> None:
    unknown = [name for name in fields if name not in OFFERED[surface]]
    if unknown or not fields:
        allowed = ", ".join(OFFERED[surface])
        raise invalid_parameter(f"Param fields must be of {{{allowed}}}, not {', '.join(unknown) or 'none'}")


def _require_limits(given: Json, surface: Surface) -> None:
    for greeting in given.get("greeting", ()):
        _require(0 < len(greeting["text"]) <= 160, "a greeting's text")
    for asked in given.get("ice_breakers", ()):
        _require(1 <= len(asked["call_to_actions"]) <= 4, "the number of ice breakers")
    for menu in given.get("persistent_menu", ()):
        _require(1 <= len(menu["call_to_actions"]) <= 20, "the number of menu items")
        _require(surface == "page" or "composer_input_disabled" not in menu, "composer_input_disabled")
        for item in menu["call_to_actions"]:
            _require(item["type"] in _ITEMS[surface], "the type of a menu item")
            _require(0 < len(item["title"]) <= 30, "the title of a menu item")


def _require(right: bool, what: str) -> None:
    if not right:
        raise invalid_parameter(f"Invalid parameter: {what}")


def _require_button(profile: Json, surface: Surface) -> None:
    if surface == "page" and "persistent_menu" in profile and "get_started" not in profile:
        raise invalid_parameter(
            "You must set a Get Started button if you also wish to use persistent menu", MENU_NEEDS_BUTTON
        )
