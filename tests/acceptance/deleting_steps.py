"""Steps about contacts who are forgotten."""

from pytest_bdd import given, parsers, then, when

from meta_inbox.domain.model.principal import Principal, Scope
from tests.acceptance.stage import BIA, Stage

CAIO = Principal("casa-verde", "caio", scopes=frozenset({Scope.MESSAGES_READ, Scope.MESSAGES_SEND}))


@given(parsers.parse('Rui wrote to the Page "Casa Verde" "{text}"'))
def rui_wrote(stage: Stage, text: str) -> None:
    stage.writes("Rui", "Casa Verde", text)
    stage.sees("Rui", lambda message: message.text == text, text)


@given("Bia has had Ana deleted")
@when("Bia has Ana deleted")
def bia_has_ana_deleted(stage: Stage) -> None:
    stage.deletes("Ana")
    assert stage.outcome.refusal is None


@when("Caio, who may only read and answer, has Ana deleted")
def caio_has_ana_deleted(stage: Stage) -> None:
    stage.deletes("Ana", by=CAIO)


@then("that is refused, as it takes another permission")
def refused_for_a_permission(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "scope_missing"


@when("Meta tells of Ana's message once more")
def told_once_more(stage: Stage) -> None:
    stage.play(lambda: stage.world.webhooks.repeat(3))
    stage.writes("Rui", "Casa Verde", "and then this")
    stage.sees("Rui", lambda message: message.text == "and then this", "what Meta told after that")


@then("Ana is in no list of Bia's")
def ana_is_in_no_list(stage: Stage) -> None:
    account, contact = stage.thread("Ana")
    found = {conversation.contact_id for conversation in stage.all_conversations_now()}
    assert not found & {contact, f"comments:{contact}"}

    async def gone() -> bool:
        return not await stage.doors.messages(BIA, account, contact)

    stage.eventually(gone, "every message is gone")


@then(parsers.parse('Bia sees "{text}" from Rui'))
def bia_sees_from_rui(stage: Stage, text: str) -> None:
    stage.sees("Rui", lambda message: message.text == text, text)
