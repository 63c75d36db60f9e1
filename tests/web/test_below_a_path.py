"""The web app behind a proxy that shows it below a path."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.real_parts import RealParts, real_parts
from tests.harness.service import free_port
from tests.web.below import proxied
from tests.web.stack import CASAVERDE, Stack, eventually
from tests.web.walk_connections import Connections
from tests.web.walk_conversation import Conversation
from tests.web.watch import Watch

PATH = "/support/desk"


@pytest.fixture(scope="module")
def port() -> int:
    """Of the proxy."""
    return free_port()


@pytest.fixture(scope="module")
def parts(port: int) -> Iterator[RealParts]:
    """A service that knows how it is reached, behind the proxy."""
    callback = f"http://127.0.0.1:{port}{PATH}/api/meta/oauth/callback"
    with (
        real_parts(META_OAUTH_REDIRECT_URI=callback) as started,
        proxied(port, PATH, started.service.port),
    ):
        yield started


@pytest.fixture
def top(port: int, watch: Watch) -> str:
    """Where the app is."""
    watch.home = f"http://127.0.0.1:{port}"
    return f"{watch.home}{PATH}"


def test_every_screen_opens_and_login_comes_back(stack: Stack, page: Page, top: str) -> None:
    page.goto(f"{top}/#token={stack.token()}")
    expect(page).to_have_url(f"{top}/inbox")
    page.get_by_role("link", name="Conexões").click()
    expect(page).to_have_url(f"{top}/connections")
    connections = Connections(page, stack.meta_url)
    connections.agree(connections.dialog())
    connections.choose("Casa Verde Plantas")
    connections.require_status("Casa Verde Plantas", "Ativa")
    page.get_by_role("link", name="Respostas").click()
    expect(page).to_have_url(f"{top}/canned-replies")
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Respostas")).to_be_visible()


def test_a_conversation_opens_by_its_address_and_is_live(stack: Stack, page: Page, top: str) -> None:
    account = stack.connect()[CASAVERDE]
    marina = stack.contact("Marina")
    marina.writes("Oi!")
    eventually(lambda: stack.api("GET", f"/conversations/{account}")["conversations"], "the conversation")
    page.goto(f"{top}/inbox/{account}/{marina.id}#token={stack.token()}")
    talk = Conversation(page, "Marina")
    expect(talk.message("Oi!")).to_be_visible()
    talk.answer("Olá, Marina!")
    talk.require_status("Olá, Marina!", "Enviada")
    marina.sends(photo=True)
    picture = talk.log.get_by_role("img").last
    expect(picture).to_be_visible()
    page.wait_for_function("(one) => one.naturalWidth > 1", arg=picture.element_handle())


def test_the_sign_of_who_is_not_signed_in_is_there(page: Page, top: str) -> None:
    page.goto(f"{top}/")
    expect(page.get_by_role("heading", name="Entrar")).to_be_visible()
    page.wait_for_function("() => [...document.images].every((one) => one.complete && one.naturalWidth > 0)")


def test_a_page_of_an_older_version_is_loaded_anew_when_it_needs_what_is_gone(
    stack: Stack, page: Page, top: str, watch: Watch
) -> None:
    page.goto(f"{top}/connections#token={stack.token()}")
    expect(page.get_by_role("heading", level=1, name="Conexões")).to_be_visible()
    page.evaluate("window.ofTheOldVersion = true")
    page.route("**/assets/inbox-route-*.js", lambda route: route.fulfill(status=404))
    link = page.get_by_role("link", name="Conversas")
    with watch.expecting("404", "Failed to fetch dynamically imported module", "request failed"):
        # The same version: no network, perhaps. Loading it anew would help nobody.
        link.click()
        expect(page.get_by_text("Carregando")).to_be_visible()
        watch.require(page, "404")
        assert page.evaluate("window.ofTheOldVersion") is True
        page.route(
            f"{top}/", lambda route: route.fulfill(body="<script src='/assets/index-new.js'></script>")
        )
        page.wait_for_event("framenavigated")
        page.unroute("**/assets/inbox-route-*.js")
        page.reload()
        expect(page.get_by_role("heading", level=1, name="Conversas")).to_be_attached()
    assert page.evaluate("window.ofTheOldVersion") is None
    assert page.url == f"{top}/inbox"
