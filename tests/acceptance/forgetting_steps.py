"""Steps about people who connected accounts and take that back at Meta."""

from pytest_bdd import given, then, when

from tests.acceptance.stage import BIA, Stage


def _takes_it_back(stage: Stage, callback: str) -> None:
    stage.sees("Ana", lambda message: message.direction == "inbound", "what Ana wrote")
    request = stage.play(lambda: stage.world.access.remove_app(BIA.user_id))
    for _ in range(2):  # Meta may call twice
        stage.try_to(stage.doors.call_back(callback, request))
        assert stage.outcome.refusal is None


@when("Bia takes the app's access back at Meta")
def bia_takes_it_back(stage: Stage) -> None:
    _takes_it_back(stage, "deauthorize")


@when("Bia asks Meta to have her data deleted")
def bia_asks_for_deletion(stage: Stage) -> None:
    _takes_it_back(stage, "data-deletion")


@when("somebody who does not know our secret says that Bia took the app's access back")
def somebody_pretends(stage: Stage) -> None:
    request = stage.play(lambda: stage.world.access.remove_app(BIA.user_id))
    stage.try_to(stage.doors.call_back("deauthorize", "A" * 43 + "." + request.partition(".")[2]))


@then("what Meta knows Bia by is nowhere any more")
def bia_is_nowhere(stage: Stage) -> None:
    async def gone() -> bool:
        return not await stage.doors.backstage.knows_person(BIA.user_id)

    stage.eventually(gone, "Bia's id at Meta is gone")


@given("Meta knows Bia by an id that is kept")
def bia_is_known(stage: Stage) -> None:
    assert stage.run(stage.doors.backstage.knows_person(BIA.user_id))
