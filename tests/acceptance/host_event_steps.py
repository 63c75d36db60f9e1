"""Steps about the shop's own CRM, which follows what happens in the inbox."""

from pytest_bdd import given, parsers, then, when

from tests.acceptance.stage import Stage


@given("the CRM runs")
def the_crm_runs(stage: Stage) -> None:
    stage.crm.start()


@given("the CRM runs twice, side by side")
def the_crm_runs_twice(stage: Stage) -> None:
    stage.crm.start(2)


@given(parsers.parse('the CRM was told of "{text}" by Ana'))
def the_crm_was_told(stage: Stage, text: str) -> None:
    stage.crm.start()
    stage.writes("Ana", "Casa Verde", text)
    stage.has_leads(text)


@given(parsers.parse('the CRM is told of "{text}" by Ana and dies over it'))
def the_crm_dies(stage: Stage, text: str) -> None:
    stage.writes("Ana", "Casa Verde", text)
    stage.crm.dies_over_a_message(text)


@given("the CRM is down")
def the_crm_is_down(stage: Stage) -> None:
    stage.crm.stop()


@given("the CRM will fail twice")
def the_crm_will_fail(stage: Stage) -> None:
    stage.crm.failures = 2


@given(parsers.parse('the CRM can make nothing of "{text}"'))
def the_crm_can_make_nothing_of_it(stage: Stage, text: str) -> None:
    stage.crm.unreadable = text


@when("the CRM is back")
def the_crm_is_back(stage: Stage) -> None:
    stage.crm.start()


@when("the CRM is mended and asks for what was set aside")
def the_crm_is_mended(stage: Stage) -> None:
    stage.crm.mend()


@then(parsers.parse('the CRM has one lead for "{text}"'))
def the_crm_has_one_lead(stage: Stage, text: str) -> None:
    stage.has_leads(text)


@then(parsers.parse('the CRM has one lead each for "{first}" and "{second}"'))
def the_crm_has_two_leads(stage: Stage, first: str, second: str) -> None:
    stage.has_leads(first, second)


@given(parsers.parse('"{text}" was set aside'))
@then(parsers.parse('"{text}" is set aside'))
def it_is_set_aside(stage: Stage, text: str) -> None:
    stage.has_set_aside(text)


@then("nothing is set aside")
def nothing_is_set_aside(stage: Stage) -> None:
    stage.has_set_aside()
