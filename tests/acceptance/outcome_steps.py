"""Steps about what became of an answer, and what Bia does when nobody knows."""

from pytest_bdd import given, then, when

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from tests.acceptance.stage import BIA, Stage
from tests.acceptance.steps import AUTOMATION


@given("what Meta tells no longer reaches us")
def webhooks_are_lost(stage: Stage) -> None:
    stage.sees("Ana", lambda message: message.direction == "inbound", "what Ana wrote")
    stage.lose_webhooks()


@given("the next answer will be lost on its way to Meta")
def will_be_lost(stage: Stage) -> None:
    stage.world.faults.plan("messages", Fault(kind=FaultKind.DROP))


@when("Bia checks the answer")
def bia_checks(stage: Stage) -> None:
    stage.checks("Ana")


@given("Bia sent the answer again")
@when("Bia sends the answer again")
def bia_sends_again(stage: Stage) -> None:
    stage.sends_again("Ana", BIA)


@when("Bia clicks twice to send the answer again")
def bia_clicks_twice(stage: Stage) -> None:
    for _ in range(2):
        stage.sends_again("Ana", BIA)


@when("an automation sends the answer again")
def automation_sends_again(stage: Stage) -> None:
    stage.sends_again("Ana", AUTOMATION)


@given("Ana no longer blocks the business")
def ana_unblocks(stage: Stage) -> None:
    stage.play(lambda: stage.world.contacts.change(stage.contact("Ana").id, available=True))


@then("the answer is not known to have arrived")
def not_known(stage: Stage) -> None:
    assert stage.own_answer("Ana").status == "unknown"


@then("a look at Meta shows that the answer was sent")
def a_look_shows(stage: Stage) -> None:
    assert stage.own_answer("Ana").status == "unknown"
    stage.look_for_answers()
    stage.sees("Ana", lambda m: m.direction == "outbound" and m.status == "sent", "the answer as sent")


@then("a look at Meta leaves it open")
def a_look_leaves_it_open(stage: Stage) -> None:
    stage.look_for_answers()
    stage.has_looked()
    assert stage.own_answer("Ana").status == "unknown"


@then("the answer is refused because only a person may decide that")
def refused_to_automation(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "person_required"
