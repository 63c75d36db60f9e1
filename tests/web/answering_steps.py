"""Steps about what Ana answers, and what Marina has of it."""

from pathlib import Path

from playwright.sync_api import expect
from pytest_bdd import given, parsers, then, when

from meta_inbox.adapters.meta_graph.world_pictures import scene
from tests.web.pictures import require_room
from tests.web.stack import eventually
from tests.web.walk import Walk

ALMOST_A_DAY = 24 * 3600 - 7
STATUSES = {"sent": "Enviada: a Meta recebeu", "seen": "Vista pelo contato"}
TAGGED = "HUMAN_AGENT"


@given(parsers.parse('Ana answered "{text}"'))
@when(parsers.parse('Ana answers "{text}"'))
def answers(walk: Walk, text: str) -> None:
    walk.conversation().answer(text)
    expect(walk.conversation().message(text)).to_be_visible()


@then(parsers.parse('Marina receives "{text}"'))
def marina_receives(walk: Walk, text: str) -> None:
    eventually(walk.received, f"{text!r} on Marina's phone")
    assert [entry["text"] for entry in walk.received()] == [text]


@then("Marina receives nothing")
def marina_receives_nothing(walk: Walk) -> None:
    assert walk.received() == []


@then(parsers.parse('"{text}" is shown as {status} once Marina has read it'))
def shown_once_read(walk: Walk, text: str, status: str) -> None:
    walk.person("Marina").reads()
    shown_as(walk, text, status)
    expect(walk.conversation().message(text)).to_contain_text("Visto")


@then(parsers.re(r'"(?P<text>[^"]+)" is shown as (?P<status>sent|seen)'))
def shown_as(walk: Walk, text: str, status: str) -> None:
    walk.conversation().require_status(text, STATUSES[status])


@then(parsers.parse('Ana finds "{text}" in the list when she goes back to it'))
def finds_in_the_list(walk: Walk, text: str) -> None:
    expect(walk.conversation().row).to_be_hidden()
    walk.page.get_by_role("button", name="Voltar para as conversas").click()
    expect(walk.conversation().row).to_contain_text(f"Você: {text}")
    expect(walk.conversation().row).to_be_focused()
    require_room(walk.page)


@when("Ana answers with a picture")
def answers_with_a_picture(walk: Walk, tmp_path: Path) -> None:
    picture = tmp_path / "jiboia.png"
    picture.write_bytes(scene("night"))
    walk.conversation().answer_with_file(picture)


@then("Marina receives a picture")
def marina_receives_a_picture(walk: Walk) -> None:
    eventually(walk.received, "the picture on Marina's phone")
    ((part,),) = [entry["attachments"] for entry in walk.received()]
    assert part["type"] == "image"


@then("the conversation shows the picture")
def shows_the_picture(walk: Walk) -> None:
    message = walk.conversation().by("Você")
    expect(message).to_contain_text(STATUSES["sent"])
    picture = message.get_by_role("img").first
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("(one) => one.naturalWidth") > 0
    message.get_by_role("button", name="Abrir a imagem").click()
    expect(walk.page.get_by_role("dialog", name="Imagem")).to_be_visible()


@when(parsers.parse('Ana answers "{text}" with the buttons "{one}" and "{other}"'))
def answers_with_buttons(walk: Walk, text: str, one: str, other: str) -> None:
    walk.conversation().answer_with_buttons(text, [one, other])


@then(parsers.parse('Marina receives "{text}" with the buttons "{one}" and "{other}"'))
def receives_buttons(walk: Walk, text: str, one: str, other: str) -> None:
    eventually(walk.received, "the buttons on Marina's phone")
    ((part,),) = [entry["attachments"] for entry in walk.received()]
    assert part["payload"]["text"] == text
    assert [button["title"] for button in part["payload"]["buttons"]] == [one, other]
    expect(walk.conversation().message(text)).to_contain_text(STATUSES["sent"])


@then(parsers.parse('Ana sees it when Marina presses "{title}"'))
def marina_presses(walk: Walk, title: str) -> None:
    (entry,) = walk.received()
    buttons = entry["attachments"][0]["payload"]["buttons"]
    (pressed,) = [button for button in buttons if button["title"] == title]
    walk.person("Marina").presses(pressed["payload"], title)
    expect(walk.conversation().by("Marina").last).to_contain_text(f"Tocou no botão{title}")


@given(parsers.parse('the shop has the canned reply "{shortcut}" with "{text}"'))
def has_a_canned_reply(walk: Walk, shortcut: str, text: str) -> None:
    walk.stack.api("POST", "/canned-replies", {"shortcut": shortcut, "text": text})


@when(parsers.parse('Ana calls up the canned reply "{shortcut}" and sends it'))
def calls_up(walk: Walk, shortcut: str) -> None:
    talk = walk.conversation()
    talk.write(f"/{shortcut[:2]}")
    replies = walk.page.get_by_role("listbox", name="Respostas prontas")
    expect(replies.get_by_role("option")).to_contain_text(f"/{shortcut}")
    walk.require_access()
    talk.box.press("Enter")
    expect(replies).to_have_count(0)
    talk.box.press("Enter")
    expect(talk.box).to_have_value("")


@given(parsers.parse('Ana is writing "{text}"'))
def is_writing(walk: Walk, text: str) -> None:
    walk.conversation().write(text)


@when(parsers.parse('Ana writes "{text}" and loads the page again'))
def writes_and_reloads(walk: Walk, text: str) -> None:
    walk.conversation().write(text)
    walk.page.reload()


@then(parsers.parse('"{text}" is still to be sent'))
def still_to_be_sent(walk: Walk, text: str) -> None:
    expect(walk.conversation().box).to_have_value(text)


@given(parsers.parse('Marina wrote "{text}" almost 24 hours ago'))
def wrote_almost_a_day_ago(walk: Walk, text: str) -> None:
    walk.wrote("Marina", text, ago_seconds=ALMOST_A_DAY)


@when("the time to answer ends")
def the_window_closes(walk: Walk) -> None:
    expect(walk.page.get_by_text("O prazo de 24 horas acabou")).to_be_visible()
    expect(walk.conversation().row).to_contain_text("Janela fechada")
    expect(walk.page.get_by_role("complementary", name="Contato")).to_contain_text("As 24 horas passaram")


@then("Ana can send it as human agent alone")
def as_human_agent_alone(walk: Walk) -> None:
    talk, page = walk.conversation(), walk.page
    expect(talk.box).to_be_focused()
    expect(page.get_by_role("button", name="Enviar", exact=True)).to_be_disabled()
    talk.box.press("Enter")
    expect(talk.box).not_to_have_value("")
    page.get_by_role("checkbox", name="Responder como atendente humano").check()
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(talk.box).to_have_value("")


@then(parsers.parse('Marina receives "{text}" as from a human agent'))
def receives_from_a_human(walk: Walk, text: str) -> None:
    marina_receives(walk, text)
    (sent,) = walk.stack.meta("GET", "/ledger")
    assert sent["tag"] == TAGGED
