"""What people see before they write to an account."""

from collections.abc import Callable, Iterable
from typing import Annotated, TypeVar

import msgspec
from litestar import get, put
from litestar.params import FromPath, JSONBody

from meta_inbox.adapters.http.given import By, Core
from meta_inbox.adapters.http.request import account_id
from meta_inbox.adapters.http.wire import Strict
from meta_inbox.domain.model.messenger_profile import (
    Greeting,
    IceBreaker,
    IceBreakers,
    Menu,
    MenuItem,
    MessengerProfile,
)

PROFILE = "/accounts/{account:str}/messenger-profile"

T = TypeVar("T")
B = TypeVar("B")

Locale = Annotated[str, msgspec.Meta(min_length=1, max_length=16)]


class GreetingBody(Strict, kw_only=True):
    """What stands above an empty conversation, in one language."""

    locale: Locale = "default"
    text: str


class IceBreakerBody(Strict, kw_only=True):
    """A question that can be tapped."""

    question: str
    payload: str


class IceBreakersBody(Strict, kw_only=True):
    """The questions in one language."""

    locale: Locale = "default"
    call_to_actions: list[IceBreakerBody]


class LinkItem(Strict, kw_only=True, tag_field="type", tag="web_url"):
    """An item of the menu that opens an address."""

    title: str
    url: str

    def item(self) -> MenuItem:
        """The item."""
        return MenuItem(type="web_url", title=self.title, url=self.url)


class PostbackItem(Strict, kw_only=True, tag_field="type", tag="postback"):
    """An item of the menu that hands its payload back."""

    title: str
    payload: str

    def item(self) -> MenuItem:
        """The item."""
        return MenuItem(type="postback", title=self.title, payload=self.payload)


class MenuBody(Strict, kw_only=True):
    """The menu in one language."""

    locale: Locale = "default"
    composer_input_disabled: bool = False
    call_to_actions: list[LinkItem | PostbackItem]


class GetStartedBody(Strict, kw_only=True):
    """The Get Started button."""

    payload: str


class MessengerProfileBody(Strict, kw_only=True):
    """The whole profile: null where the surface does not offer it, an empty list where nothing is set.

    Set, it replaces what there was: what is absent, null or empty is removed.
    """

    greeting: list[GreetingBody] | None = None
    ice_breakers: list[IceBreakersBody] | None = None
    persistent_menu: list[MenuBody] | None = None
    get_started: GetStartedBody | None = None

    @classmethod
    def of(cls, profile: MessengerProfile) -> "MessengerProfileBody":
        """The profile as it is shown."""
        button = profile.get_started
        return cls(
            greeting=_shown(profile.greeting, _greeting),
            ice_breakers=_shown(profile.ice_breakers, _ice_breakers),
            persistent_menu=_shown(profile.persistent_menu, _menu),
            get_started=None if button is None else GetStartedBody(payload=button),
        )

    def profile(self) -> MessengerProfile:
        """The profile that is wanted."""
        return MessengerProfile(
            greeting=tuple(Greeting(locale=each.locale, text=each.text) for each in self.greeting or ()),
            ice_breakers=tuple(
                IceBreakers(
                    locale=each.locale,
                    call_to_actions=tuple(
                        IceBreaker(question=asked.question, payload=asked.payload)
                        for asked in each.call_to_actions
                    ),
                )
                for each in self.ice_breakers or ()
            ),
            persistent_menu=tuple(
                Menu(
                    locale=each.locale,
                    composer_input_disabled=each.composer_input_disabled,
                    call_to_actions=tuple(item.item() for item in each.call_to_actions),
                )
                for each in self.persistent_menu or ()
            ),
            get_started=None if self.get_started is None else self.get_started.payload,
        )


def _shown(parts: Iterable[T] | None, show: Callable[[T], B]) -> list[B] | None:
    return None if parts is None else [show(part) for part in parts]


def _greeting(greeting: Greeting) -> GreetingBody:
    return GreetingBody(locale=greeting.locale, text=greeting.text)


def _ice_breakers(asked: IceBreakers) -> IceBreakersBody:
    questions = [
        IceBreakerBody(question=each.question, payload=each.payload) for each in asked.call_to_actions
    ]
    return IceBreakersBody(locale=asked.locale, call_to_actions=questions)


def _menu(menu: Menu) -> MenuBody:
    return MenuBody(
        locale=menu.locale,
        composer_input_disabled=menu.composer_input_disabled,
        call_to_actions=[_item(item) for item in menu.call_to_actions],
    )


def _item(item: MenuItem) -> LinkItem | PostbackItem:
    """Meta may leave out what an item leads to."""
    if item.type == "web_url":
        return LinkItem(title=item.title, url=item.url or "")
    return PostbackItem(title=item.title, payload=item.payload or "")


@get(PROFILE)
async def get_messenger_profile(account: FromPath[str], by: By, inbox: Core) -> MessengerProfileBody:
    """What people see before they write, as it is at Meta, which takes 10 such calls in 10 minutes."""
    return MessengerProfileBody.of(await inbox.get_messenger_profile(by=by, account=account_id(account)))


@put(PROFILE)
async def set_messenger_profile(
    account: FromPath[str], data: JSONBody[MessengerProfileBody], by: By, inbox: Core
) -> MessengerProfileBody:
    """Sets what is given and removes the rest; after a 503 it may be done in part, and is done again."""
    found = await inbox.set_messenger_profile(by=by, account=account_id(account), profile=data.profile())
    return MessengerProfileBody.of(found)
