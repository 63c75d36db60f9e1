"""Steps about canned replies."""

from pytest_bdd import given, parsers, then, when

from meta_inbox.domain.model.principal import Principal
from tests.acceptance.live_steps import COLLEAGUE
from tests.acceptance.stage import BIA, OTTO, Stage


@given(parsers.parse('Bia kept "{text}" under the shortcut "{shortcut}"'))
@when(parsers.parse('Bia keeps "{text}" under the shortcut "{shortcut}"'))
def bia_keeps(stage: Stage, text: str, shortcut: str) -> None:
    stage.try_to(stage.doors.keep_reply(BIA, shortcut, text))


@when(parsers.parse('her colleague keeps "{text}" under the shortcut "{shortcut}"'))
def colleague_keeps(stage: Stage, text: str, shortcut: str) -> None:
    stage.try_to(stage.doors.keep_reply(COLLEAGUE, shortcut, text))


@when(parsers.parse('her colleague changes what is under "{shortcut}" to "{text}"'))
def colleague_changes(stage: Stage, shortcut: str, text: str) -> None:
    stage.try_to(stage.doors.change_reply(COLLEAGUE, _named(stage, shortcut), text))


@when(parsers.parse('Bia takes away what is under "{shortcut}"'))
def bia_takes_away(stage: Stage, shortcut: str) -> None:
    stage.try_to(stage.doors.drop_reply(BIA, _named(stage, shortcut)))


@then(parsers.parse('her colleague finds "{text}" under "{shortcut}"'))
def colleague_finds(stage: Stage, text: str, shortcut: str) -> None:
    assert _found(stage, COLLEAGUE) == {shortcut: text}


@then(parsers.parse('Bia finds "{text}" under "{shortcut}"'))
def bia_finds(stage: Stage, text: str, shortcut: str) -> None:
    assert stage.outcome.refusal is None
    assert _found(stage, BIA) == {shortcut: text}


@then(parsers.parse('she is told that nobody knows "{field}"'))
def told_unknown(stage: Stage, field: str) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "unknown_field"
    assert field in stage.outcome.refusal.text


@then("she is told that the shortcut is taken")
def told_taken(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "shortcut_taken"


@then("no canned reply is kept")
def none_is_kept(stage: Stage) -> None:
    assert _found(stage, BIA) == {}


@then("Otto finds no canned reply")
def otto_finds_none(stage: Stage) -> None:
    assert stage.outcome.refusal is None
    assert _found(stage, OTTO) == {}


def _found(stage: Stage, by: Principal) -> dict[str, str]:
    return {reply.shortcut: reply.text for reply in stage.run(stage.doors.replies(by))}


def _named(stage: Stage, shortcut: str) -> str:
    return next(reply.id for reply in stage.run(stage.doors.replies(BIA)) if reply.shortcut == shortcut)
