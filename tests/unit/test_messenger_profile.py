"""What a Messenger profile may be on each surface."""

from typing import Any

import pytest

from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.account import Surface
from meta_inbox.domain.model.capabilities import CAPABILITIES
from meta_inbox.domain.model.messenger_profile import (
    Greeting,
    IceBreaker,
    IceBreakers,
    Menu,
    MenuItem,
    MessengerProfile,
)

MESSENGER, INSTAGRAM = (CAPABILITIES[each].extras for each in (Surface.MESSENGER, Surface.INSTAGRAM))
ON_INSTAGRAM = pytest.mark.parametrize("surface", [Surface.INSTAGRAM, Surface.INSTAGRAM_LOGIN])


def hello(text: str = "Oi!", locale: str = "default") -> Greeting:
    return Greeting(locale=locale, text=text)


def asked(number: int = 1, question: str = "Onde?", payload: str = "W") -> IceBreakers:
    each = IceBreaker(question=question, payload=payload)
    return IceBreakers(locale="default", call_to_actions=(each,) * number)


def postback(title: str = "Humano", payload: str | None = "HUMAN") -> MenuItem:
    return MenuItem(type="postback", title=title, payload=payload)


def link(url: str | None = "https://shop.example/") -> MenuItem:
    return MenuItem(type="web_url", title="Loja", url=url)


def menu(*items: MenuItem, **more: Any) -> MessengerProfile:
    return MessengerProfile(
        persistent_menu=(Menu(locale="default", call_to_actions=items, **more),), get_started="START"
    )


@pytest.mark.parametrize(
    "profile",
    [
        MessengerProfile(),
        MessengerProfile(greeting=(hello("x" * 160), hello(locale="pt_BR"))),
        MessengerProfile(ice_breakers=(asked(4, payload="p" * 1000),)),
        MessengerProfile(get_started="p" * 1000),
        menu(*[postback("t" * 30, "p" * 1000)] * 20),
        menu(link(), composer_input_disabled=True),
    ],
)
def test_messenger_takes_what_is_within_its_limits(profile: MessengerProfile) -> None:
    profile.require_offered(MESSENGER)


@pytest.mark.parametrize(
    ("profile", "code"),
    [
        (MessengerProfile(greeting=(hello("x" * 161),)), "text_too_long"),
        (MessengerProfile(greeting=(hello(" "),)), "text_empty"),
        (MessengerProfile(greeting=(hello("\ud800"),)), "text_empty"),
        (MessengerProfile(greeting=(hello(), hello())), "not_supported_here"),
        (MessengerProfile(get_started="p" * 1001), "payload_too_long"),
        (MessengerProfile(get_started=""), "text_empty"),
        (MessengerProfile(ice_breakers=(asked(5),)), "too_many_buttons"),
        (MessengerProfile(ice_breakers=(asked(0),)), "too_many_buttons"),
        (MessengerProfile(ice_breakers=(asked(question=" "),)), "text_empty"),
        (MessengerProfile(ice_breakers=(asked(question="\ud800"),)), "text_empty"),
        (MessengerProfile(ice_breakers=(asked(payload=""),)), "text_empty"),
        (MessengerProfile(ice_breakers=(asked(payload="p" * 1001),)), "payload_too_long"),
        (menu(*[postback()] * 21), "too_many_buttons"),
        (menu(), "too_many_buttons"),
        (menu(postback("t" * 31)), "title_too_long"),
        (menu(postback("")), "text_empty"),
        (menu(postback(payload=None)), "text_empty"),
        (menu(postback(payload="p" * 1001)), "payload_too_long"),
        (menu(link("http://shop.example")), "media_type"),
        (menu(link("https://")), "media_type"),
        (menu(link("https://[")), "media_type"),
        (menu(link("https://a b")), "media_type"),
        (menu(link("https://a.example/" + "x" * 2048)), "media_type"),
        (menu(link(None)), "media_type"),
        (
            MessengerProfile(persistent_menu=(Menu(locale="default", call_to_actions=(link(),)),)),
            "not_supported_here",
        ),
    ],
)
def test_what_breaks_a_limit_is_named(profile: MessengerProfile, code: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        profile.require_offered(MESSENGER)
    assert refused.value.code == code


@ON_INSTAGRAM
def test_instagram_takes_ice_breakers_and_a_menu_without_button(surface: Surface) -> None:
    bare = Menu(locale="default", call_to_actions=(link(), postback()))
    MessengerProfile(ice_breakers=(asked(4),), persistent_menu=(bare,)).require_offered(
        CAPABILITIES[surface].extras
    )


@ON_INSTAGRAM
@pytest.mark.parametrize(
    "profile",
    [
        MessengerProfile(greeting=(hello(),)),
        MessengerProfile(get_started="START"),
        MessengerProfile(
            persistent_menu=(Menu(locale="default", call_to_actions=(link(),), composer_input_disabled=True),)
        ),
    ],
)
def test_instagram_takes_nothing_else(surface: Surface, profile: MessengerProfile) -> None:
    with pytest.raises(ContentRefused) as refused:
        profile.require_offered(CAPABILITIES[surface].extras)
    assert refused.value.code == "not_supported_here"


def test_what_is_shown_tells_unset_from_not_offered() -> None:
    assert MessengerProfile().as_offered(MESSENGER) == MessengerProfile(
        greeting=(), ice_breakers=(), persistent_menu=()
    )
    assert MessengerProfile(greeting=(hello(),), get_started="S").as_offered(INSTAGRAM) == MessengerProfile(
        greeting=None, ice_breakers=(), persistent_menu=(), get_started=None
    )
