"""The components inside the React CRM of ``examples``, which is of another origin than the service."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.real_parts import RealParts, real_parts
from tests.harness.service import free_port
from tests.web.contact import Contact
from tests.web.react_host import LIBRARY, built, served
from tests.web.stack import CASAVERDE, Stack, eventually
from tests.web.styles import Looks, looks_of, require_alike
from tests.web.walk_connections import Connections
from tests.web.walk_conversation import Conversation

ACCENT = "rgb(107, 47, 160)"  # #6b2fa0 of crm.css
REACT = re.compile(r"__CLIENT_INTERNALS_DO_NOT_USE_OR_WARN_USERS_THEY_CANNOT_UPGRADE\s*=(?!=)")
LOOKS = """
() => [...document.querySelectorAll("body, #app, header, header a, main, h2, #own-text, #own-button")].map(
  (one) => Object.fromEntries([...getComputedStyle(one)].map(
    (name) => [name, getComputedStyle(one).getPropertyValue(name)])))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crm:
    """The CRM with its agent logged in, at one page of it."""

    stack: Stack
    page: Page
    origin: str

    def at(self, path: str) -> str:
        """The address of a page of its own."""
        return f"{self.origin}/#{path}"

    def go(self, name: str) -> None:
        """By its own header."""
        self.page.get_by_role("banner").get_by_role("link", name=name).click()

    def messages_of(self, contact: Contact) -> str:
        """Where the conversation is among its addresses."""
        return self.at(f"/messages/{self.stack.accounts()[CASAVERDE]}/{contact.id}")


@pytest.fixture(scope="module")
def port() -> int:
    """Of the CRM."""
    return free_port()


@pytest.fixture(scope="module")
def parts(port: int) -> Iterator[RealParts]:
    """A service that lets the CRM call it."""
    with real_parts(META_INBOX_FRONTEND_ORIGINS=f"http://127.0.0.1:{port}") as started:
        yield started


@pytest.fixture(scope="module")
def origin(port: int, parts: RealParts) -> Iterator[str]:
    """Where the CRM is served, as it was built."""
    with served(built(), port, f"http://127.0.0.1:{parts.service.port}") as at:
        yield at


@pytest.fixture
def crm(stack: Stack, page: Page, origin: str) -> Crm:
    """Logged in by its own form."""
    page.goto(origin)
    page.get_by_label("Service").fill(stack.url)
    page.get_by_label("Token").fill(stack.token())
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", name="Clientes")).to_be_visible()
    return Crm(stack=stack, page=page, origin=origin)


@pytest.fixture
def marina(stack: Stack) -> Contact:
    """She wrote to a connected account."""
    stack.connect()
    contact = stack.contact("Marina")
    contact.writes("Oi! Vocês têm samambaia?")
    eventually(
        lambda: stack.api("GET", f"/conversations/{stack.accounts()[CASAVERDE]}")["conversations"],
        "the conversation",
    )
    return contact


def test_the_open_conversation_is_in_the_crms_addresses(crm: Crm, marina: Contact) -> None:
    talk = Conversation(crm.page, "Marina")
    crm.go("Mensagens")
    talk.open()
    expect(crm.page).to_have_url(crm.messages_of(marina))
    crm.page.go_back()
    expect(crm.page).to_have_url(crm.at("/messages"))
    expect(talk.log).to_have_count(0)
    crm.page.go_forward()
    expect(talk.message("samambaia")).to_be_visible()


def test_an_address_of_the_crms_opens_the_conversation(crm: Crm, marina: Contact) -> None:
    page = crm.page.context.new_page()
    page.goto(crm.messages_of(marina))
    expect(Conversation(page, "Marina").message("samambaia")).to_be_visible()


def test_answers_go_out_and_new_messages_come_in(crm: Crm, marina: Contact) -> None:
    talk = Conversation(crm.page, "Marina")
    crm.page.goto(crm.messages_of(marina))
    talk.answer("Temos sim!")
    talk.require_status("Temos sim!", "Enviada")
    assert [one["text"] for one in marina.thread() if not one["by_contact"]] == ["Temos sim!"]
    marina.writes("Que bom, vou passar aí")
    expect(talk.message("vou passar")).to_be_visible()
    marina.sends(photo=True)
    picture = talk.log.get_by_role("img").last
    expect(picture).to_be_visible()
    crm.page.wait_for_function("(one) => one.naturalWidth > 1", arg=picture.element_handle())


def test_both_components_share_one_live_connection(stack: Stack, crm: Crm, marina: Contact) -> None:
    opened: list[str] = []
    crm.page.on("websocket", lambda socket: opened.append(socket.url))
    crm.go("Mensagens")
    expect(Conversation(crm.page, "Marina").row).to_be_visible()
    crm.go("Ajustes")
    connections = Connections(crm.page, stack.meta_url)
    connections.require_status("Casa Verde Plantas", "Ativa")
    crm.go("Mensagens")
    expect(Conversation(crm.page, "Marina").row).to_be_visible()
    marina.writes("Ainda aí?")
    expect(Conversation(crm.page, "Marina").row).to_contain_text("Ainda aí?")
    assert len(opened) == 1, opened


def test_accounts_are_connected_through_a_window_of_metas(stack: Stack, crm: Crm) -> None:
    crm.go("Ajustes")
    connections = Connections(crm.page, stack.meta_url)
    connections.agree(connections.dialog())
    connections.choose("Casa Verde Plantas")
    connections.require_status("Casa Verde Plantas", "Ativa")
    expect(crm.page).to_have_url(crm.at("/settings"))


def test_the_crms_styles_stay_out_of_the_inbox(stack: Stack, crm: Crm, marina: Contact) -> None:
    page = crm.page.context.new_page()
    page.goto(stack.session_url(f"/inbox/{stack.accounts()[CASAVERDE]}/{marina.id}"))
    expect(Conversation(page, "Marina").log).to_be_visible()
    room = page.get_by_role("main").bounding_box()
    assert room is not None
    crm.page.set_viewport_size({"width": round(room["width"]), "height": 800})
    crm.page.goto(crm.messages_of(marina))
    crm.page.evaluate(WITHOUT_COLOURS)
    (here, its_menu), (there, the_menu) = (the_inbox(shown) for shown in (crm.page, page))
    require_alike(here, there)
    require_alike(its_menu, the_menu)
    kinds = {way.rpartition("> ")[2].partition(":")[0] for way in here}
    assert {"button", "p", "ul", "li", "a", "input", "textarea", "svg", "article"} <= kinds, kinds


def the_inbox(shown: Page) -> tuple[Looks, Looks]:
    """How the inbox looks, and a menu of its."""
    talk = Conversation(shown, "Marina")
    expect(talk.message("samambaia")).to_be_visible()
    expect(talk.box).to_be_enabled()
    expect(talk.row).not_to_contain_text("não lida")
    inbox = looks_of(shown.get_by_role("main"))
    shown.get_by_role("button", name="Mais opções").click()
    expect(shown.get_by_role("menuitem", name="Mensagem com botões")).to_be_visible()
    return inbox, looks_of(shown.get_by_role("menu"))


def test_nor_do_they_reach_a_dialog(stack: Stack, crm: Crm, marina: Contact) -> None:
    assert marina.id
    crm.go("Ajustes")
    page = crm.page.context.new_page()
    page.goto(stack.session_url("/connections"))
    require_alike(a_dialog(crm.page), a_dialog(page))


def a_dialog(shown: Page) -> Looks:
    """How one of the connections looks."""
    shown.get_by_role("button", name="Mais ações para Casa Verde Plantas").click()
    shown.get_by_role("menuitem", name="Desconectar").click()
    return looks_of(shown.get_by_role("dialog"))


def test_the_inboxs_styles_stay_out_of_the_crm(crm: Crm, marina: Contact) -> None:
    before = crm.page.evaluate(LOOKS)
    crm.page.goto(crm.messages_of(marina))
    expect(Conversation(crm.page, "Marina").message("samambaia")).to_be_visible()
    crm.go("Clientes")
    expect(crm.page.locator("#own-button")).to_be_visible()
    assert crm.page.evaluate(LOOKS) == before
    style = (LIBRARY / "dist" / "style.css").read_text(encoding="utf-8")
    assert crm.page.evaluate(WITHOUT_OURS, style) > 300
    assert crm.page.evaluate(LOOKS) == before


def test_the_crms_colours_reach_in(crm: Crm, marina: Contact) -> None:
    crm.page.goto(crm.messages_of(marina))
    talk = Conversation(crm.page, "Marina")
    talk.write("Oi")
    send = crm.page.get_by_role("button", name="Enviar", exact=True)
    expect(send).to_have_css("background-color", ACCENT)


def test_there_is_one_react(origin: str) -> None:
    assert origin
    scripts = [path.read_text(encoding="utf-8") for path in (built() / "assets").glob("*.js")]
    assert sum(len(REACT.findall(script)) for script in scripts) == 1


WITHOUT_OURS = """
(style) => {
  const ours = new CSSStyleSheet();
  ours.replaceSync(style);
  const texts = new Set([...ours.cssRules].map((rule) => rule.cssText));
  const [sheet] = document.styleSheets;
  const before = sheet.cssRules.length;
  for (let at = before - 1; at >= 0; at -= 1) if (texts.has(sheet.cssRules[at].cssText)) sheet.deleteRule(at);
  return before - sheet.cssRules.length;
}
"""
WITHOUT_COLOURS = """
for (const name of ["accent", "accent-text", "accent-soft", "accent-soft-text"])
  document.getElementById("messages").style.setProperty(`--meta-inbox-${name}`, "initial");
"""
