"""Steps about connections, sessions, languages and keys."""

from playwright.sync_api import expect
from pytest_bdd import given, parsers, then, when

from tests.web.walk import Walk

REASONS = {
    "Ana's role there does not suffice": "Seu perfil não tem função suficiente na Página",
    "it has no Instagram account": "não tem uma conta profissional do Instagram vinculada",
}
NO_WINDOWS = "window.open = () => null"
"""What a page sees of a strict blocker; a press is no advertisement to the browser that plays here."""
STATUSES = {"active": "Ativa", "disconnected": "Desconectada"}


@given("Ana's accounts are connected")
def accounts_are_connected(walk: Walk) -> None:
    walk.stack.connect()


@given("Ana has the connections open")
def connections_open(walk: Walk) -> None:
    walk.open("/connections")
    expect(walk.page.get_by_role("heading", name="Conexões")).to_be_visible()
    expect(walk.page.get_by_role("button", name="Conectar Instagram").first).to_be_visible()


@given("Ana's browser lets no window open")
def no_windows(walk: Walk) -> None:
    walk.context.add_init_script(NO_WINDOWS)


@when("Ana connects Instagram and agrees to everything at Meta")
def agrees(walk: Walk) -> None:
    walk.connections.agree(walk.connections.dialog())
    expect(walk.connections.picker).to_be_visible()


@when("Ana connects Instagram and agrees to nothing at Meta")
def refuses(walk: Walk) -> None:
    walk.expects(r"status of 400 .*/oauth/callback\?error=")  # the page of the window itself
    walk.connections.refuse(walk.connections.dialog())


@when("Ana connects Instagram and closes Meta's window")
def closes(walk: Walk) -> None:
    walk.connections.dialog().close()


@when("Ana connects Instagram and goes on at Meta in the same tab")
def same_tab(walk: Walk) -> None:
    page = walk.page
    page.get_by_role("button", name="Conectar Instagram").click()
    expect(page.get_by_text("O navegador bloqueou a janela da Meta")).to_be_visible()
    walk.require_access()
    page.get_by_role("button", name="Continuar nesta aba").click()
    page.get_by_role("button", name="Continuar", exact=True).click()
    page.get_by_role("link", name="Voltar ao aplicativo").click()
    expect(page).to_have_url(f"{walk.stack.url}/connections")


@when(parsers.parse('she chooses "{name}"'))
def chooses(walk: Walk, name: str) -> None:
    walk.connections.choose(name)


@when(parsers.parse('Ana disconnects "{name}", having read what is kept'))
def disconnects(walk: Walk, name: str) -> None:
    walk.page.get_by_role("button", name=f"Mais ações para {name}").click()
    walk.page.get_by_role("menuitem", name="Desconectar").click()
    dialog = walk.page.get_by_role("dialog", name=f"Desconectar {name}?")
    expect(dialog).to_contain_text("Todas as conversas, mensagens e arquivos continuam aqui")
    walk.require_access()
    dialog.get_by_role("button", name="Desconectar", exact=True).click()


@then(parsers.re(r'"(?P<name>[^"]+)" is shown as (?P<status>active|disconnected)'))
def is_shown_as(walk: Walk, name: str, status: str) -> None:
    walk.connections.require_status(name, STATUSES[status])


@then("Meta's window is gone")
def window_is_gone(walk: Walk) -> None:
    assert walk.context.pages == walk.screens
    expect(walk.page.get_by_text("Conta conectada", exact=True)).to_be_visible()


@then(parsers.parse('she may choose "{name}"'))
def may_choose(walk: Walk, name: str) -> None:
    expect(walk.connections.candidate(name)).to_be_enabled()


@then(parsers.parse('she may not choose "{name}", since {reason}'))
def may_not_choose(walk: Walk, name: str, reason: str) -> None:
    expect(walk.connections.refused(name).first).to_contain_text(REASONS[reason])


@then("she is told calmly that nothing was connected")
def told_calmly(walk: Walk) -> None:
    expect(walk.page.get_by_role("status").get_by_text("Nada foi conectado")).to_be_visible()
    expect(walk.page.get_by_role("alert")).to_have_count(0)
    assert walk.stack.accounts() == {}


@then("she is asked whether the window is still open")
def asked_for_the_window(walk: Walk) -> None:
    expect(walk.page.get_by_text("A janela da Meta ainda está aberta?")).to_be_visible()


@then("she may try again")
def may_try_again(walk: Walk) -> None:
    walk.connections.agree(walk.connections.dialog("Tentar de novo"))
    expect(walk.connections.picker).to_be_visible()


@when("the password at Meta is changed")
def password_changed(walk: Walk) -> None:
    walk.stack.meta("POST", "/tokens/revoke", {"subcode": 460})


@when(parsers.parse('Ana writes "{text}", learns of it and connects the account again'))
def reconnects(walk: Walk, text: str) -> None:
    walk.expects("status of 409 .*/typing")
    walk.conversation().write(text)
    closed = walk.page.get_by_role("region", name="A conta precisa ser reconectada")
    expect(closed).to_contain_text(f"Seu texto está guardado: {text}")
    walk.require_access()
    walk.page.get_by_role("button", name="Reconectar conta").click()
    expect(walk.page).to_have_url(f"{walk.stack.url}/connections")
    walk.require_access()
    walk.connections.agree(walk.connections.dialog("Reconectar Casa Verde Plantas"))


@then(parsers.parse('the conversation with Marina still holds "{text}", with "{draft}" to be sent'))
def still_holds(walk: Walk, text: str, draft: str) -> None:
    walk.page.get_by_role("link", name="Conversas").click()
    walk.conversation().open()
    expect(walk.conversation().message(text)).to_be_visible()
    expect(walk.conversation().box).to_have_value(draft)
    walk.conversation().box.press("Enter")
