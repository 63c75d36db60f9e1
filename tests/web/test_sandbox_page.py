"""The sandbox's own page in a real browser: contacts on their phones, and a Meta that goes wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from meta_inbox.adapters.meta_graph.world_pictures import scene
from tests.web.accessibility import axe
from tests.web.conftest import DESKTOP, PHONE, OpenPage
from tests.web.pictures import shot
from tests.web.stack import CASA_VERDE, CASAVERDE, Stack, eventually
from tests.web.watch import Watch

HALF = {"width": 640, "height": 800}


def play(page: Page, name: str, account: str) -> Locator:
    """Makes somebody up who writes to the account; the screen of their phone."""
    page.get_by_label("Nome da nova pessoa").fill(name)
    page.get_by_label("Escreve para").select_option(label=account)
    page.get_by_role("button", name="Criar pessoa").click()
    expect(page.get_by_label("Mensagem", exact=True)).to_be_focused()
    return page.get_by_role("log")


def write(page: Page, text: str) -> None:
    page.get_by_label("Mensagem", exact=True).fill(text)
    page.keyboard.press("Enter")
    expect(row(page, text)).to_be_visible()


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("log").get_by_role("article").filter(has_text=text)


def options(page: Page, text: str, choice: str) -> None:
    row(page, text).hover()
    row(page, text).get_by_role("button", name="Opções da mensagem").click()
    page.get_by_role("button", name=choice, exact=True).click()


def person(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Pessoas").get_by_role("button").filter(has_text=name)


def inbox(stack: Stack, ours: str, contact: str) -> list[dict[str, Any]]:
    """What the inbox has of the conversation, the newest first."""
    found: list[dict[str, Any]] = stack.api("GET", f"/messages/{ours}/{contact}")["messages"]
    return found


def answer(stack: Stack, ours: str, contact: str, message: Mapping[str, object]) -> None:
    body = {"account_id": ours, "recipient_id": contact, "message": message}
    stack.api("POST", "/send-message", body)


def contact_of(stack: Stack, name: str) -> str:
    return next(str(one["id"]) for one in stack.meta("GET", "/contacts") if one["name"] == name)


@pytest.fixture
def ours(stack: Stack) -> dict[str, str]:
    return stack.connect()


@pytest.fixture
def sandbox(stack: Stack, ours: dict[str, str], page: Page) -> Page:
    assert ours
    page.goto(stack.meta_url)
    return page


def test_two_contacts_write_and_each_sees_their_own_answers(
    stack: Stack, ours: dict[str, str], sandbox: Page
) -> None:
    play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    write(sandbox, "Oi, tem samambaia?")
    thread = play(sandbox, "Bruno Reis", "Casa Verde (Messenger)")
    expect(thread).not_to_contain_text("samambaia")
    write(sandbox, "Bom dia")
    ana = contact_of(stack, "Ana Lima")
    eventually(lambda: inbox(stack, ours[CASAVERDE], ana), "Ana's message in the inbox")
    answer(stack, ours[CASAVERDE], ana, {"type": "text", "text": "Tem sim!"})
    expect(person(sandbox, "Ana Lima")).to_contain_text("1 não lidas")
    expect(sandbox).to_have_title("(1) Meta de teste")
    person(sandbox, "Ana Lima").click()
    expect(row(sandbox, "Tem sim!")).to_be_visible()
    expect(person(sandbox, "Ana Lima")).not_to_contain_text("não lidas")
    eventually(lambda: inbox(stack, ours[CASAVERDE], ana)[0]["status"] == "read", "read by Ana")


def test_photos_of_the_sandbox_and_of_ones_own_are_sent(
    stack: Stack, ours: dict[str, str], sandbox: Page, tmp_path: Path
) -> None:
    thread = play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    sandbox.get_by_role("button", name="Anexar ou mais").click()
    sandbox.get_by_role("button", name="Enviar uma foto: Mar").click()
    expect(thread.get_by_role("img", name="Foto")).to_have_count(1)
    own = tmp_path / "own.png"
    own.write_bytes(scene("night"))
    sandbox.get_by_role("button", name="Anexar ou mais").click()
    with sandbox.expect_file_chooser() as chooser:
        sandbox.get_by_role("button", name="Arquivo deste aparelho…").click()
    chooser.value.set_files(own)
    expect(thread.get_by_role("img", name="Foto")).to_have_count(2)
    ana = contact_of(stack, "Ana Lima")
    eventually(
        lambda: [one["type"] for one in inbox(stack, ours[CASAVERDE], ana)] == ["image", "image"],
        "both photos in the inbox",
    )


def test_a_message_is_edited_and_another_unsent(stack: Stack, ours: dict[str, str], sandbox: Page) -> None:
    play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    write(sandbox, "Entregam em Campinas?")
    write(sandbox, "Esquece")
    options(sandbox, "Campinas", "Editar")
    expect(sandbox.get_by_label("Mensagem", exact=True)).to_have_value("Entregam em Campinas?")
    write(sandbox, "Entregam em Santos?")
    expect(row(sandbox, "Santos")).to_contain_text("editada")
    options(sandbox, "Esquece", "Apagar para todos")
    expect(row(sandbox, "Mensagem apagada")).to_be_visible()
    ana = contact_of(stack, "Ana Lima")
    eventually(
        lambda: (
            [(one["type"], one["text"]) for one in inbox(stack, ours[CASAVERDE], ana)]
            == [("deleted", None), ("text", "Entregam em Santos?")]
        ),
        "both changes in the inbox",
    )


def test_an_answer_is_reacted_to_and_answered(stack: Stack, ours: dict[str, str], sandbox: Page) -> None:
    play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    write(sandbox, "Oi")
    ana = contact_of(stack, "Ana Lima")
    eventually(lambda: inbox(stack, ours[CASAVERDE], ana), "Ana's message in the inbox")
    answer(stack, ours[CASAVERDE], ana, {"type": "text", "text": "Boa tarde!"})
    expect(sandbox.get_by_role("status")).to_have_text("@casaverde: Boa tarde!")
    options(sandbox, "Boa tarde!", "Reagir: ❤️")
    expect(row(sandbox, "Boa tarde!")).to_contain_text("❤️")
    eventually(
        lambda: [one["emoji"] for one in inbox(stack, ours[CASAVERDE], ana)[0]["reactions"]] == ["❤️"],
        "the reaction in the inbox",
    )
    options(sandbox, "Boa tarde!", "Tirar a reação ❤️")
    expect(row(sandbox, "Boa tarde!")).not_to_contain_text("❤️")
    options(sandbox, "Boa tarde!", "Responder")
    write(sandbox, "Obrigada")
    expect(row(sandbox, "Obrigada")).to_contain_text("Em resposta a: Boa tarde!")


def test_stories_are_answered_and_mention_the_account(
    stack: Stack, ours: dict[str, str], sandbox: Page
) -> None:
    thread = play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    sandbox.get_by_role("button", name="Anexar ou mais").click()
    sandbox.get_by_role("button", name="Responder a um story: 2").click()
    write(sandbox, "Que lindo!")
    expect(row(sandbox, "Que lindo!")).to_contain_text("Você respondeu ao story")
    sandbox.get_by_role("button", name="Anexar ou mais").click()
    sandbox.get_by_role("button", name="Mencionar num story").click()
    expect(thread).to_contain_text("Você mencionou a empresa no seu story")
    ana = contact_of(stack, "Ana Lima")
    eventually(
        lambda: (
            [one["type"] for one in inbox(stack, ours[CASAVERDE], ana)] == ["story_mention", "story_reply"]
        ),
        "both in the inbox",
    )
    play(sandbox, "Bruno Reis", "Casa Verde (Messenger)")
    sandbox.get_by_role("button", name="Anexar ou mais").click()
    expect(sandbox.get_by_role("group", name="Enviar uma foto")).to_be_visible()
    expect(sandbox.get_by_role("button", name="Mencionar num story")).to_have_count(0)


def test_typing_and_seen_are_shown_as_the_business_shows_them(
    stack: Stack, ours: dict[str, str], sandbox: Page
) -> None:
    thread = play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    write(sandbox, "Oi")
    expect(thread).to_contain_text("Enviada")
    ana = contact_of(stack, "Ana Lima")
    eventually(lambda: inbox(stack, ours[CASAVERDE], ana), "Ana's message in the inbox")
    conversation = f"/conversations/{ours[CASAVERDE]}/{ana}"
    stack.api("POST", f"{conversation}/typing", {"on": True})
    expect(thread).to_contain_text("A empresa está digitando")
    stack.api("POST", f"{conversation}/typing", {"on": False})
    expect(thread).not_to_contain_text("digitando")
    stack.api("POST", f"{conversation}/read")
    expect(thread).to_contain_text("Visto")


def test_who_blocks_the_business_gets_nothing_more(stack: Stack, ours: dict[str, str], sandbox: Page) -> None:
    play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    write(sandbox, "Oi")
    ana = contact_of(stack, "Ana Lima")
    eventually(lambda: inbox(stack, ours[CASAVERDE], ana), "Ana's message in the inbox")
    sandbox.get_by_role("button", name="Opções da conversa").click()
    sandbox.get_by_role("button", name="Bloquear a empresa", exact=True).click()
    expect(sandbox.get_by_text("Você bloqueou esta empresa.")).to_be_visible()
    with pytest.raises(AssertionError, match="551"):
        answer(stack, ours[CASAVERDE], ana, {"type": "text", "text": "Olá"})
    sandbox.get_by_role("button", name="Opções da conversa").click()
    sandbox.get_by_role("button", name="Desbloquear a empresa").click()
    expect(sandbox.get_by_text("Você bloqueou esta empresa.")).to_be_hidden()


def test_on_a_phone_one_part_is_shown_at_a_time(stack: Stack, open_page: OpenPage) -> None:
    stack.connect()
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(stack.meta_url)
    expect(page.get_by_role("log")).to_have_count(0)
    play(page, "Ana Lima", "@casaverde (Instagram)")
    write(page, "Oi")
    expect(page.get_by_label("Nome da nova pessoa")).to_be_hidden()
    page.get_by_role("button", name="Voltar às pessoas").click()
    expect(person(page, "Ana Lima")).to_contain_text("Você: Oi")
    page.get_by_role("button", name="Falhas").click()
    expect(page.get_by_role("heading", name="Próximas chamadas")).to_be_visible()


def test_what_the_business_offers_is_pressed(stack: Stack, ours: dict[str, str], sandbox: Page) -> None:
    thread = play(sandbox, "Bruno Reis", "Casa Verde (Messenger)")
    write(sandbox, "Oi")
    bruno = contact_of(stack, "Bruno Reis")
    eventually(lambda: inbox(stack, ours[CASA_VERDE], bruno), "Bruno's message in the inbox")
    choices = [{"type": "postback", "title": "Entrega", "payload": "DELIVERY"}]
    answer(stack, ours[CASA_VERDE], bruno, {"type": "buttons", "text": "Como prefere?", "buttons": choices})
    thread.get_by_role("button", name="Entrega", exact=True).click()
    expect(thread.get_by_role("article").last).to_contain_text("Entrega")
    eventually(lambda: inbox(stack, ours[CASA_VERDE], bruno)[0]["type"] == "postback", "the button's press")
    replies = [{"title": "Manhã", "payload": "AM"}, {"title": "Tarde", "payload": "PM"}]
    asked = {"type": "quick_replies", "text": "Quando?", "quick_replies": replies}
    answer(stack, ours[CASA_VERDE], bruno, asked)
    sandbox.get_by_role("button", name="Tarde").click()
    expect(row(sandbox, "Tarde")).to_be_visible()
    expect(sandbox.get_by_role("button", name="Manhã")).to_have_count(0)
    sandbox.get_by_role("button", name="Anexar ou mais").click()
    sandbox.get_by_text("Apertar um botão da empresa").click()
    sandbox.get_by_label("Texto do botão").fill("Preços")
    sandbox.get_by_role("button", name="Apertar", exact=True).click()
    expect(row(sandbox, "Preços")).to_be_visible()


def test_a_fault_is_seen_hits_a_send_and_all_are_ended_at_once(
    stack: Stack, ours: dict[str, str], sandbox: Page
) -> None:
    play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    write(sandbox, "Oi")
    sandbox.get_by_label("O que dá errado").select_option(label="Recusa")
    expect(sandbox.get_by_text("Não faz nada e responde com o erro escolhido.")).to_be_visible()
    sandbox.get_by_role("combobox", name="Erro").select_option(label="100: pedido inválido")
    sandbox.get_by_label("Quantas vezes").select_option(label="até desligar")
    sandbox.get_by_role("button", name="Ligar", exact=True).first.click()
    sandbox.get_by_label("Perder todos os webhooks").check()
    active = sandbox.get_by_role("list", name="O que está falhando")
    expect(active).to_contain_text("Enviar mensagens: Recusa (até desligar)")
    expect(sandbox.get_by_role("banner")).to_contain_text("2 falhas ligadas")
    ana = contact_of(stack, "Ana Lima")
    eventually(lambda: inbox(stack, ours[CASAVERDE], ana), "Ana's message in the inbox")
    with pytest.raises(AssertionError, match="refused_by_meta"):
        answer(stack, ours[CASAVERDE], ana, {"type": "text", "text": "Olá"})
    sandbox.get_by_role("banner").get_by_role("button", name="Desligar todas").click()
    expect(active).to_contain_text("Tudo funciona.")
    expect(sandbox.get_by_label("Perder todos os webhooks")).not_to_be_checked()
    answer(stack, ours[CASAVERDE], ana, {"type": "text", "text": "Agora vai"})
    expect(row(sandbox, "Agora vai")).to_be_visible()


def test_what_is_ticked_is_not_taken_back_by_an_answer_from_before(sandbox: Page) -> None:
    lost = sandbox.get_by_label("Perder todos os webhooks")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    sandbox.route("**/sandbox/quirks", hold)
    lost.check()
    for _ in range(2):
        with sandbox.expect_response("**/sandbox/state?*"):
            pass
    expect(lost).to_be_checked()
    held.pop().fallback()


def test_chance_is_begun_and_ended_alone(stack: Stack, sandbox: Page) -> None:
    sandbox.get_by_role("button", name="Ligar", exact=True).last.click()
    active = sandbox.get_by_role("list", name="O que está falhando")
    expect(active).to_contain_text("30% dos envios dão errado ao acaso")
    assert stack.meta("GET", "/chaos")["reigning"][0]["rate"] == pytest.approx(0.3)
    active.get_by_role("button", name="Desligar").click()
    expect(active).to_contain_text("Tudo funciona.")


def test_a_message_that_meta_does_not_take_stays_in_the_box(sandbox: Page, watch: Watch) -> None:
    play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    box = sandbox.get_by_label("Mensagem", exact=True)
    box.fill("Alguém?")
    gone = {"detail": "there is no contact of that id"}
    sandbox.route("**/sandbox/contacts/*/messages", lambda route: route.fulfill(status=404, json=gone))
    with watch.expecting("404"):
        box.press("Enter")
        expect(sandbox.get_by_role("alert")).to_contain_text("there is no contact")
    expect(box).to_have_value("Alguém?")


@pytest.mark.parametrize(
    ("viewport", "scheme", "language"),
    [
        (DESKTOP, "light", "pt-BR"),
        (DESKTOP, "dark", "en"),
        (HALF, "light", "en"),
        (HALF, "dark", "pt-BR"),
        (PHONE, "light", "pt-BR"),
        (PHONE, "dark", "en"),
    ],
)
def test_it_is_sound_in_every_size_light_and_language(
    stack: Stack, open_page: OpenPage, viewport: dict[str, int], scheme: str, language: str
) -> None:
    ours = stack.connect()
    ana = stack.contact("Ana Lima")
    first = ana.writes("Oi!", photo=True)
    eventually(lambda: inbox(stack, ours[CASAVERDE], ana.id), "Ana's message in the inbox")
    cards = [
        {
            "title": name,
            "subtitle": "R$ 49,90",
            "buttons": [{"type": "postback", "title": "Quero", "payload": name}],
        }
        for name in ("Samambaia", "Jiboia")
    ]
    answer(stack, ours[CASAVERDE], ana.id, {"type": "cards", "cards": cards})
    ana.edits(first, "Oi, tudo bem?")
    stack.meta("POST", "/faults", {"endpoint": "messages", "kind": "drop"})
    page = open_page(color_scheme=scheme, viewport=viewport)
    page.add_init_script(f"localStorage.setItem('language', '{language}')")
    page.goto(stack.meta_url)
    page.get_by_role("button").filter(has_text="Ana Lima").click()
    expect(page.get_by_role("log")).to_contain_text("Jiboia")
    expect(page.locator("html")).to_have_attribute("lang", language)
    name = f"sandbox-{viewport['width']}-{scheme}-{language}"
    axe(page)
    shot(page, name)
    page.get_by_role("button", name="Anexar ou mais" if language == "pt-BR" else "Attach or more").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="1 falha ligada" if language == "pt-BR" else "1 fault is on").click()
    expect(page.locator("#active")).to_be_visible()
    axe(page)
    shot(page, f"{name}-faults")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"


def test_with_the_keyboard_alone_a_message_is_written_and_reacted_to(stack: Stack, sandbox: Page) -> None:
    play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    sandbox.keyboard.type("Primeira linha")
    sandbox.keyboard.press("Shift+Enter")
    sandbox.keyboard.type("segunda")
    sandbox.keyboard.press("Enter")
    expect(row(sandbox, "segunda")).to_be_visible()
    ana = contact_of(stack, "Ana Lima")
    stack.meta("POST", f"/contacts/{ana}/native-replies", {"text": "Olá"})
    row(sandbox, "Olá").get_by_role("button", name="Opções da mensagem").focus()
    sandbox.keyboard.press("Enter")
    expect(sandbox.get_by_role("button", name="Reagir: ❤️")).to_be_focused()
    sandbox.keyboard.press("ArrowRight")
    sandbox.keyboard.press("Enter")
    expect(row(sandbox, "Olá")).to_contain_text("😆")
    expect(sandbox.get_by_role("dialog")).to_have_count(0)


def test_a_message_that_changes_keeps_the_focus(stack: Stack, sandbox: Page) -> None:
    play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    ana = contact_of(stack, "Ana Lima")
    stack.meta("POST", f"/contacts/{ana}/native-replies", {"text": "Olá"})
    options = row(sandbox, "Olá").get_by_role("button", name="Opções da mensagem")
    options.focus()
    (message,) = stack.meta("GET", f"/contacts/{ana}/thread")
    stack.meta("POST", f"/contacts/{ana}/reactions", {"mid": message["mid"], "reaction": "love"})
    expect(row(sandbox, "Olá")).to_contain_text("❤️")
    expect(options).to_be_focused()


def test_what_did_not_change_is_not_painted_anew(sandbox: Page) -> None:
    play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    write(sandbox, "Primeira")
    sandbox.evaluate("window.kept = document.querySelector('#thread article')")
    sandbox.get_by_label("Mensagem", exact=True).fill("rascunho")
    write(sandbox, "Segunda")
    assert sandbox.evaluate("window.kept === document.querySelector('#thread article')")


def test_each_contact_keeps_a_draft_of_their_own(sandbox: Page) -> None:
    play(sandbox, "Ana Lima", "@casaverde (Instagram)")
    sandbox.get_by_label("Mensagem", exact=True).fill("ainda não")
    play(sandbox, "Bruno Reis", "Casa Verde (Messenger)")
    expect(sandbox.get_by_label("Mensagem", exact=True)).to_have_value("")
    person(sandbox, "Ana Lima").click()
    expect(sandbox.get_by_label("Mensagem", exact=True)).to_have_value("ainda não")
