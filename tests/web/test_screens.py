"""What the screens look like: compared with what somebody looked at and approved, and never cut off.

``EVERY_SCREEN=1`` draws each state in light and dark, on a phone and a desktop, in both languages, into
``tests/web/screens/``, to be looked at; nothing is compared then.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.acceptance.real_parts import RealParts
from tests.web import states_composer, states_connections, states_inbox, states_thread
from tests.web.accessibility import axe
from tests.web.conftest import DESKTOP, PHONE, STANDARD
from tests.web.frozen import Frozen
from tests.web.layout import require_room_for_all
from tests.web.pictures import compare, require_room, shot
from tests.web.scene import Scene
from tests.web.shop import Shop, opened
from tests.web.stack import playing
from tests.web.states import STATES
from tests.web.watch import Watch

assert all((states_composer, states_connections, states_inbox, states_thread))  # each names its own
LANGUAGES = {"pt-BR": "pt-BR", "en": "en-US"}
LOOKS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES: dict[str, Any] = {"390": PHONE, "1280": DESKTOP}
SMALLEST: Any = {"width": 360, "height": 740}
MAIN = ("sign-in", "connections", "inbox", "conversation", "canned-replies")
"""Approved in everything that there is; the others in one each, in turn."""
TURNS = [(size, look, language) for language in LANGUAGES for look in LOOKS for size in SIZES]
TURN = {name: TURNS[at * 3 % len(TURNS)] for at, name in enumerate(STATES)}


@pytest.fixture(scope="module")
def shop(parts: RealParts) -> Iterator[Shop]:
    """One for all of them: no picture changes it."""
    with playing(parts) as stack:
        yield opened(stack)


@contextmanager
def showing(browser: Browser, shop: Shop, name: str, turn: tuple[str, str, str]) -> Generator[Page]:
    """The page in this state."""
    size, look, language = turn
    watch = Watch(home=shop.stack.url)
    wanted = {"viewport": SIZES[size], "color_scheme": look, "locale": LANGUAGES[language]}
    options: Any = STANDARD | wanted
    with browser.new_context(**options) as context:
        context.set_default_timeout(10_000)
        watch.over(context)
        frozen = Frozen(began=shop.began)
        frozen.over(context, shop.stack.url)
        page = context.new_page()
        with watch.expecting(*STATES[name].expecting):
            scene = Scene(page, shop, language, size == "390", frozen)
            STATES[name].comes(scene)
            scene.settles()
            yield page
        watch.require_silence()


def _random(page: Page, name: str) -> tuple[Locator, ...]:
    hides = STATES[name].hides
    return () if hides is None else (page.locator(hides),)


if "EVERY_SCREEN" in os.environ:

    @pytest.mark.parametrize("turn", TURNS, ids="-".join)
    @pytest.mark.parametrize("name", STATES)
    def test_every_screen_is_drawn(
        same_everywhere: Browser, shop: Shop, name: str, turn: tuple[str, str, str]
    ) -> None:
        with showing(same_everywhere, shop, name, turn) as page:
            shot(page, "-".join([name, *turn]), hidden=_random(page, name), frozen=True)
            require_room(page)

else:

    @pytest.mark.parametrize("name", STATES)
    def test_a_state_looks_as_it_was_approved(same_everywhere: Browser, shop: Shop, name: str) -> None:
        with showing(same_everywhere, shop, name, TURN[name]) as page:
            if name not in MAIN:
                compare(page, name, hidden=_random(page, name), frozen=True)
            # Menus stand apart from the landmarks, as those of every library do.
            axe(page, but_for=("region",) if page.get_by_role("menu").count() else ())
            page.set_viewport_size(SMALLEST)
            require_room_for_all(page)

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("name", MAIN)
    def test_a_main_screen_does_in_each_look_and_language(
        same_everywhere: Browser, shop: Shop, name: str, size: str, language: str
    ) -> None:
        with showing(same_everywhere, shop, name, (size, LOOKS[0], language)) as page:
            for look in LOOKS:
                page.emulate_media(color_scheme=look)
                compare(page, f"{name}-{size}-{look}-{language}", frozen=True)
