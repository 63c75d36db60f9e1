"""Steps about what breaks between Marina and Ana, and what Ana is told of it."""

from playwright.sync_api import expect
from pytest_bdd import given, parsers, then, when

from tests.web.answering_steps import STATUSES, shown_as
from tests.web.stack import eventually
from tests.web.walk import Walk

NOT_THERE = ("ERR_CONNECTION_REFUSED", "ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_RESET")
CUT_OFF = ("ERR_EMPTY_RESPONSE", "ERR_SOCKET_NOT_CONNECTED", "WebSocket connection to")
OFFLINE = "Sem conexão"


@when("the service is killed")
def service_is_killed(walk: Walk) -> None:
    expect(walk.conversation().log.get_by_role("article")).to_have_count(1)
    walk.expects(*NOT_THERE, *CUT_OFF)
    walk.stack.parts.service.kill()
    expect(walk.page.get_by_text(OFFLINE)).to_be_visible()


@when(parsers.parse('Marina writes "{one}" and "{other}" before it is back'))
def writes_before_it_is_back(walk: Walk, one: str, other: str) -> None:
    for text in (one, other):
        walk.person("Marina").writes(text)
    eventually(lambda: _tried(walk), "Meta tried to deliver in vain")
    walk.stack.parts.service.start()


def _tried(walk: Walk) -> bool:
    waiting = [one for one in walk.stack.meta("GET", "/webhooks") if not one["done"]]
    return any(one["tries"] for one in waiting)


IN_ORDER = 'the conversation shows "{one}", "{two}" and "{three}", each once and in this order'


@then(parsers.parse(f"when she is online {IN_ORDER}"))
@then(parsers.parse(IN_ORDER))
def shows_in_order(walk: Walk, one: str, two: str, three: str) -> None:
    walk.context.set_offline(offline=False)
    walk.conversation().require_order([one, two, three])
    expect(walk.page.get_by_text(OFFLINE)).to_have_count(0)


@when(parsers.parse('Ana is offline while Marina writes "{one}" and Ana answers "{other}"'))
def offline_meanwhile(walk: Walk, one: str, other: str) -> None:
    walk.expects(*NOT_THERE, *CUT_OFF)
    walk.context.set_offline(offline=True)
    walk.wrote("Marina", one)
    walk.conversation().answer(other)
    expect(walk.conversation().message(other)).to_contain_text("Tentando de novo sozinho")


@then("she is told that there is no connection")
def told_offline(walk: Walk) -> None:
    expect(walk.page.get_by_role("status").get_by_text(OFFLINE)).to_be_visible()


@given("Meta takes the next answer and falls silent")
def falls_silent(walk: Walk) -> None:
    walk.stack.meta("PATCH", "/quirks", {"webhooks_lost": True})
    walk.stack.meta("POST", "/faults", {"endpoint": "messages", "kind": "accept_then_reset", "count": None})


@given("the next answer is lost on its way to Meta")
def is_lost(walk: Walk) -> None:
    walk.stack.meta("POST", "/faults", {"endpoint": "messages", "kind": "drop", "count": None})


@then(parsers.parse('Ana is told that nobody knows whether "{text}" arrived'))
def told_unknown(walk: Walk, text: str) -> None:
    expect(walk.conversation().message(text)).to_contain_text("Não se sabe se chegou")


@then(parsers.parse('when she checks, "{text}" is shown as sent'))
def checks(walk: Walk, text: str) -> None:
    walk.stack.meta("DELETE", "/faults")
    walk.conversation().message(text).get_by_role("button", name="Verificar").click()
    shown_as(walk, text, "sent")


@then(parsers.parse('when she sends it again, knowing what that means, "{text}" is shown as sent'))
def sends_again(walk: Walk, text: str) -> None:
    walk.stack.meta("DELETE", "/faults")
    walk.conversation().message(text).get_by_role("button", name="Enviar de novo").click()
    dialog = walk.page.get_by_role("dialog", name="Enviar de novo?")
    expect(dialog).to_contain_text("vai receber a mesma mensagem duas vezes")
    walk.require_access()
    dialog.get_by_role("button", name="Enviar de novo mesmo assim").click()
    shown_as(walk, text, "sent")


@given("Marina blocked the shop")
def marina_blocked(walk: Walk) -> None:
    walk.expects("status of 4")
    walk.stack.meta("PATCH", f"/contacts/{walk.person('Marina').id}", {"available": False})


@then(parsers.parse('Ana is told that "{text}" failed because Marina cannot be reached'))
def told_failed(walk: Walk, text: str) -> None:
    message = walk.conversation().message(text)
    expect(message).to_contain_text("Não enviada")
    expect(message).to_contain_text("Esta pessoa não está disponível para a sua conta")


@then("she can send it again once Marina let the shop in")
def sends_again_once_let_in(walk: Walk) -> None:
    walk.stack.meta("PATCH", f"/contacts/{walk.person('Marina').id}", {"available": True})
    message = walk.conversation().by("Você")
    message.get_by_role("button", name="Enviar de novo").click()
    expect(message).to_contain_text(STATUSES["sent"])
    assert len(walk.received()) == 1
