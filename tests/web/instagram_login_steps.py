"""Steps about Instagram's own login."""

from playwright.sync_api import expect
from pytest_bdd import given, parsers, then, when

from tests.web.walk import Walk

PRESS = "Entrar com o Instagram"


@given('Ana connected "Casa Verde Plantas" by Instagram\'s own login')
def connected(walk: Walk) -> None:
    walk.stack.connect("instagram")


@when("Ana logs in with Instagram and agrees to everything there")
def agrees(walk: Walk) -> None:
    walk.require_access()
    walk.connections.agree(walk.connections.dialog(PRESS))


@when("Ana logs in with Instagram but does not let messages be answered")
def leaves_out(walk: Walk) -> None:
    dialog = walk.connections.dialog(PRESS)
    dialog.get_by_role("checkbox", name="Ver e responder mensagens").uncheck()
    walk.connections.agree(dialog)


@when("Ana logs in with Instagram in the same tab")
def same_tab(walk: Walk) -> None:
    page = walk.page
    page.get_by_role("button", name=PRESS).click()
    page.get_by_role("button", name="Continuar nesta aba").click()
    page.get_by_role("button", name="Continuar", exact=True).click()
    page.get_by_role("link", name="Voltar ao aplicativo").click()
    expect(page).to_have_url(f"{walk.stack.url}/connections")


@when(parsers.parse('Ana writes "{text}", learns of it and logs in with Instagram again'))
def reconnects(walk: Walk, text: str) -> None:
    walk.expects("status of 409 .*/typing")
    walk.conversation().write(text)
    closed = walk.page.get_by_role("region", name="A conta precisa ser reconectada")
    expect(closed).to_contain_text(f"Seu texto está guardado: {text}")
    walk.page.get_by_role("button", name="Reconectar conta").click()
    dialog = walk.connections.dialog("Reconectar Casa Verde Plantas")
    expect(dialog.get_by_role("heading", name=PRESS)).to_be_visible()
    walk.connections.agree(dialog)


@then(parsers.parse('she is told that a permission is missing for "{name}"'))
def told(walk: Walk, name: str) -> None:
    why = walk.page.get_by_role("dialog", name="Nenhuma conta pode ser conectada")
    refused = why.get_by_role("listitem").filter(has_text=name)
    expect(refused).to_contain_text("Uma permissão necessária ficou desmarcada")
    assert walk.stack.accounts() == {}
