"""What people see before they write: greeting, ice breakers, menu. Source: "Messenger Profile"."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.capabilities import Extras
from meta_inbox.domain.model.limits import writable


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What stands above an empty conversation, in one language."""

    locale: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IceBreaker:
    """A question that can be tapped instead of typed."""

    question: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IceBreakers:
    """The questions in one language."""

    locale: str
    call_to_actions: tuple[IceBreaker, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """An item of the menu: it opens ``url``, or hands ``payload`` back."""

    type: Literal["web_url", "postback"]
    title: str
    url: str | None = None
    payload: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The menu in one language; ``composer_input_disabled`` = nothing can be typed."""

    locale: str
    call_to_actions: tuple[MenuItem, ...]
    composer_input_disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessengerProfile:
    """All of it; what is empty or None is not there. ``get_started`` is the payload of that button."""

    greeting: tuple[Greeting, ...] | None = None
    ice_breakers: tuple[IceBreakers, ...] | None = None
    persistent_menu: tuple[Menu, ...] | None = None
    get_started: str | None = None

    def as_offered(self, can: Extras) -> "MessengerProfile":
        """What the surface offers is there, if only empty; what it does not offer is None."""
        return MessengerProfile(
            greeting=(self.greeting or ()) if can.greeting else None,
            ice_breakers=self.ice_breakers or (),
            persistent_menu=self.persistent_menu or (),
            get_started=self.get_started if can.get_started else None,
        )

    def require_offered(self, can: Extras) -> None:
        """Raises ContentRefused for what this surface does not offer, or not so long or so many."""
        self._require_known(can)
        for greeting in self.greeting or ():
            _require_text(greeting.text, can.greeting_limit, "a greeting", "text_too_long")
        if self.get_started is not None:
            _require_text(self.get_started, can.payload_limit, "a payload", "payload_too_long")
        for asked in self.ice_breakers or ():
            _require_ice_breakers(asked.call_to_actions, can)
        for menu in self.persistent_menu or ():
            _require_menu(menu, can)
        if self.persistent_menu and can.get_started and self.get_started is None:
            raise ContentRefused("a menu needs the Get Started button: give get_started as well")

    def _require_known(self, can: Extras) -> None:
        if self.greeting and not can.greeting:
            raise ContentRefused("Instagram shows no greeting")
        if self.get_started is not None and not can.get_started:
            raise ContentRefused("Instagram has no Get Started button")
        if not can.composer_can_be_off and any(
            menu.composer_input_disabled for menu in self.persistent_menu or ()
        ):
            raise ContentRefused("on Instagram people can always type")
        for parts in (self.greeting, self.ice_breakers, self.persistent_menu):
            _require_distinct(part.locale for part in parts or ())


def _require_distinct(locales: Iterable[str]) -> None:
    found = list(locales)
    if len(set(found)) != len(found):
        raise ContentRefused("each locale can be given once")


def _require_ice_breakers(questions: tuple[IceBreaker, ...], can: Extras) -> None:
    if not 1 <= len(questions) <= can.max_ice_breakers:
        raise ContentRefused(f"there are 1 to {can.max_ice_breakers} ice breakers", code="too_many_buttons")
    for each in questions:
        if not writable(each.question).strip():
            raise ContentRefused("an ice breaker has no question", code="text_empty")
        _require_text(each.payload, can.payload_limit, "a payload", "payload_too_long")


def _require_menu(menu: Menu, can: Extras) -> None:
    if not 1 <= len(menu.call_to_actions) <= can.max_menu_items:
        raise ContentRefused(f"a menu has 1 to {can.max_menu_items} items", code="too_many_buttons")
    for item in menu.call_to_actions:
        _require_text(item.title, can.menu_title_limit, "a menu item's title", "title_too_long")
        if item.type == "postback":
            _require_text(item.payload or "", can.payload_limit, "a payload", "payload_too_long")
        elif not _is_https(item.url or "", can.url_limit):
            raise ContentRefused("a menu item leads to a public https address", code="media_type")


def _require_text(text: str, limit: int, what: str, code: str) -> None:
    if not writable(text).strip():
        raise ContentRefused(f"{what} is empty", code="text_empty")
    if len(text) > limit:
        raise ContentRefused(f"{what} has at most {limit} characters", code=code)


def _is_https(url: str, limit: int) -> bool:
    if len(url) > limit or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
