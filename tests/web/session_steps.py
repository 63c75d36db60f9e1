"""Steps about who is signed in, in which language, and with which keys."""

import re

import jwt
from playwright.sync_api import Locator, Page, expect
from pytest_bdd import given, parsers, then, when

from tests.web.stack import eventually
from tests.web.walk import Walk

HEART = "❤️"


def sign_in(page: Page, token: str) -> None:
    page.get_by_role("textbox", name="Token de acesso").fill(token)
    page.get_by_role("button", name="Abrir", exact=True).click()


@given("Ana has the app open without a session")
def without_session(walk: Walk) -> None:
    walk.screens.append(walk.context.new_page())
    walk.page.goto(walk.stack.url)
    expect(walk.page.get_by_role("heading", name="Entrar")).to_be_visible()


@when("Ana types in something that is no token")
def types_nonsense(walk: Walk) -> None:
    sign_in(walk.page, "senha123")


@then("she is told that it is no token")
def told_no_token(walk: Walk) -> None:
    box = walk.page.get_by_role("textbox", name="Token de acesso")
    expect(box).to_have_accessible_description(re.compile("Isto não é um token"))


@when("Ana types in a token that nobody signed")
def types_forged(walk: Walk) -> None:
    walk.expects("status of 401")
    claims = {"sub": "ana", "tenant_id": walk.stack.tenant, "exp": 4102444800}
    sign_in(walk.page, jwt.encode(claims, "somebody else's secret of 32 bytes", "HS256"))


@then("she is told that her session is not valid")
def told_not_valid(walk: Walk) -> None:
    expect(walk.page.get_by_text("Sua sessão terminou ou não é válida")).to_be_visible()


@when("Ana types in her own token")
def types_own(walk: Walk) -> None:
    sign_in(walk.page, walk.stack.token())


@then("she is in the inbox")
def in_the_inbox(walk: Walk) -> None:
    expect(walk.page.get_by_role("main").get_by_text("Nenhuma conta conectada")).to_be_visible()
    expect(walk.page).to_have_url(f"{walk.stack.url}/inbox")


@when("Ana signs out and Otto of another shop signs in")
def otto_signs_in(walk: Walk) -> None:
    walk.expects("status of 404")  # the address of Marina's conversation, which Otto's shop does not have
    walk.page.get_by_role("button", name="Preferências").click()
    walk.page.get_by_role("menuitem", name="Sair").click()
    expect(walk.page.get_by_role("heading", name="Entrar")).to_be_visible()
    walk.require_access()
    sign_in(walk.page, walk.stack.token("otto", f"{walk.stack.tenant}-rival"))
    expect(walk.page.get_by_role("main").get_by_text("Nenhuma conta conectada")).to_be_visible()


@then("Otto sees nothing of the conversation with Marina")
def otto_sees_nothing(walk: Walk) -> None:
    page = walk.page
    page.evaluate(WATCHES)
    page.get_by_role("link", name="Conexões").click()
    expect(page.get_by_text("Conecte sua primeira conta")).to_be_visible()
    require_nothing_of_marina(page)
    page.go_back()
    expect(page).to_have_url(walk.stack.url + walk.address("Marina"))
    require_nothing_of_marina(page)


WATCHES = """
globalThis.everShown = document.body.innerText;
new MutationObserver(() => (globalThis.everShown += document.title + document.body.innerText))
  .observe(document, { subtree: true, childList: true, characterData: true });
"""


def require_nothing_of_marina(page: Page) -> None:
    assert not re.search("Marina|Casa Verde", page.title() + page.inner_text("body"))


@then(parsers.parse('nothing of it appears when Marina writes "{text}"'))
def nothing_appears(walk: Walk, text: str) -> None:
    walk.wrote("Marina", text)
    walk.page.get_by_role("link", name="Conversas").click()
    require_nothing_of_marina(walk.page)
    assert "Marina" not in walk.page.evaluate("globalThis.everShown")


@given("Ana's browser speaks English")
def speaks_english(walk: Walk) -> None:
    walk.wants["locale"] = "en-US"


@when("Ana chooses English")
def chooses_english(walk: Walk) -> None:
    walk.page.get_by_role("button", name="Preferências").click()
    walk.require_access()
    walk.page.get_by_role("menuitemradio", name="English").click()


@then("the app speaks English")
def app_speaks_english(walk: Walk) -> None:
    page = walk.page
    expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search by name or username")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_title("Inbox · meta-inbox")


@then("the app speaks English after it was loaded again")
def after_a_reload(walk: Walk) -> None:
    walk.page.reload()
    app_speaks_english(walk)


@given("Ana uses nothing but the keyboard")
def keyboard_only(walk: Walk) -> None:
    pass  # the steps that follow press keys alone


@when("Ana connects Instagram, agreeing to everything")
def connects_by_keys(walk: Walk) -> None:
    page = walk.page
    with page.expect_popup() as opened:
        press(page, page.get_by_role("button", name="Conectar Instagram").first)
    dialog = opened.value
    dialog.wait_for_url(f"{walk.stack.meta_url}/**")
    with dialog.expect_event("close"):
        press(dialog, dialog.get_by_role("button", name="Continuar", exact=True))
    press(page, walk.connections.picker.get_by_role("button", name=re.compile("^Conectar ")))
    expect(walk.connections.account("Casa Verde Plantas")).to_be_visible()


@when(
    parsers.parse('Ana opens the conversation with Marina, answers "{text}" and reacts with a heart'),
)
def answers_by_keys(walk: Walk, text: str) -> None:
    page, talk = walk.page, walk.conversation()
    press(page, page.get_by_role("link", name="Conversas"))
    press(page, talk.row)
    expect(talk.box).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(talk.message(text)).to_contain_text("Enviada")
    to(page, talk.by("Você").last, "Shift+Tab")
    page.keyboard.press("ArrowUp")
    expect(talk.by("Marina").last).to_be_focused()
    press(page, talk.by("Marina").last.get_by_role("button", name="Reagir com um coração"))


@then(parsers.parse('Marina sees a heart at "{text}"'))
def marina_sees_a_heart(walk: Walk, text: str) -> None:
    reaction = walk.conversation().message(text).get_by_role("list", name="Reações")
    expect(reaction).to_contain_text(HEART)
    thread = walk.person("Marina").thread
    loved = eventually(lambda: [one for one in thread() if one["business_reaction"]], "the heart at Marina's")
    assert [(one["text"], one["business_reaction"]) for one in loved] == [(text, HEART)]


def press(page: Page, control: Locator) -> None:
    """Goes there by keys, and presses it."""
    to(page, control)
    page.keyboard.press("Enter")


def to(page: Page, control: Locator, key: str = "Tab") -> None:
    """Goes there by keys. AssertionError when the keys do not lead there."""
    expect(control).to_be_visible()
    for _ in range(60):
        if control.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {control}")
