"""A real browser in front of the real service; a test fails for whatever the browser complains of."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.acceptance.real_parts import RealParts, real_parts
from tests.web import chromium
from tests.web.stack import Stack, playing
from tests.web.walk import Walk
from tests.web.watch import Watch

FEATURES = Path(__file__).parents[2] / "features"

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
STANDARD: dict[str, Any] = {
    "viewport": DESKTOP,
    "locale": "pt-BR",
    "timezone_id": "America/Sao_Paulo",
    "color_scheme": "light",
    "reduced_motion": "reduce",
}

# On a machine that is busy with other tests the service is slow as well.
expect.set_options(timeout=10_000)

OpenContext = Callable[..., BrowserContext]
OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them need the real parts."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.real)


@pytest.fixture(scope="session")
def parts() -> Iterator[RealParts]:
    """Postgres, the service and a port for Meta, once for all tests."""
    with real_parts() as started:
        yield started


@pytest.fixture
def stack(parts: RealParts) -> Iterator[Stack]:
    """The test's own."""
    with playing(parts) as ready:
        yield ready


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """For one module: while it runs, its thread has an event loop, which other tests must not find."""
    # Its own Node needs a library that small machines lack; ours does not.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(sys.executable).with_name("node")))
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """This machine's Chromium, or the carried one."""
    started = chromium.of_this_machine().launch(playwright.chromium)
    yield started
    started.close()


@pytest.fixture(scope="module")
def same_everywhere(playwright: Playwright) -> Iterator[Browser]:
    """The carried Chromium, whose pictures are compared."""
    started = chromium.carried().launch(playwright.chromium)
    yield started
    started.close()


@pytest.fixture
def watch(stack: Stack) -> Iterator[Watch]:
    """What the browsers of this test complain of; nothing must be left of it at the end."""
    watching = Watch(home=stack.url)
    yield watching
    watching.require_silence()


@pytest.fixture
def open_context(browser: Browser, watch: Watch) -> Iterator[OpenContext]:
    """Opens a browser of somebody's own: ``open_context(viewport=PHONE, locale="en-US", …)``."""
    with ExitStack() as stack:

        def opened(in_browser: Browser = browser, **options: Any) -> BrowserContext:
            context = in_browser.new_context(**STANDARD | options)
            stack.callback(context.close)
            context.set_default_timeout(10_000)
            watch.over(context)
            return context

        yield opened


@pytest.fixture
def open_page(open_context: OpenContext) -> OpenPage:
    """A page in a browser of somebody's own."""

    def opened(**options: Any) -> Page:
        return open_context(**options).new_page()

    return opened


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A desktop in Brazil, in the light."""
    return open_page()


@pytest.fixture
def walk(stack: Stack, watch: Watch, open_context: OpenContext) -> Iterator[Walk]:
    """Of a scenario of the web app."""
    begun = Walk(stack=stack, watch=watch, opened=open_context)
    yield begun
    begun.end()


def pytest_bdd_after_step(request: pytest.FixtureRequest) -> None:
    """Whatever a step of a walk leads to shuts nobody out."""
    if "walk" in request.fixturenames:
        request.getfixturevalue("walk").require_access()
