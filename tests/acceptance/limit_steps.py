"""Steps about Meta's limits.

The Page "Feira da Vila" is in no other scenario: a service that runs on remembers what Meta said of it.
"""

from datetime import UTC, datetime, timedelta

from pytest_bdd import given, parsers, then, when

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.model.content import TextContent
from tests.acceptance.stage import FEIRA, Stage

TEN_MINUTES = timedelta(minutes=10)


@given('Bia also manages the Page "Feira da Vila"')
def bia_also_manages_the_market(stage: Stage) -> None:
    stage.also_manages(FEIRA)


@given(parsers.parse('Caio wrote to the Page "Feira da Vila" "{text}"'))
def caio_wrote(stage: Stage, text: str) -> None:
    stage.writes("Caio", FEIRA.name, text)


@given('Meta lets "Feira da Vila" send nothing for ten minutes')
def meta_slows_it_down(stage: Stage) -> None:
    fault = Fault(kind=FaultKind.THROTTLE, seconds=TEN_MINUTES.total_seconds())
    stage.play(lambda: stage.world.faults.plan("messages", fault))


@given(parsers.parse('Bia answered Caio "{text}"'))
@when(parsers.parse('Bia answers Caio "{text}"'))
def bia_answers_caio(stage: Stage, text: str) -> None:
    stage.answers("Caio", TextContent(text=text))
    stage.play(lambda: stage.world.faults.clear("messages"))


@then("the answer to Caio waits, and Bia is told that it goes in ten minutes")
def the_answer_says_when(stage: Stage) -> None:
    answer = stage.outcome.answer
    assert answer is not None
    assert (answer.status, answer.error) == ("queued", "rate_limited"), answer
    assert answer.next_attempt_at is not None
    assert timedelta(minutes=8) < answer.next_attempt_at - datetime.now(UTC) <= TEN_MINUTES
    assert stage.received_by("Caio") == []
