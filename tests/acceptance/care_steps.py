"""Steps about what is done for connections every day."""

from pytest_bdd import given, parsers, then, when

from tests.acceptance.stage import CASA_VERDE, Stage

PASSWORD_CHANGED = 460


@given("Meta ended Bia's login")
def ended_the_login(stage: Stage) -> None:
    stage.read_back()
    stage.play(lambda: stage.world.access.revoke(PASSWORD_CHANGED))


@given('Meta stopped sending us the messages of the Page "Casa Verde"')
def stopped_sending(stage: Stage) -> None:
    stage.read_back()
    stage.play(lambda: stage.world.ground.state.installed.pop(CASA_VERDE.id))
    assert not stage.hears()


@when("a day passes")
def a_day_passes(stage: Stage) -> None:
    stage.lets_a_day_pass()


@then(parsers.parse('the Page "{name}" shows as active'))
def shows_as_active(stage: Stage, name: str) -> None:
    assert stage.account(name).status == "active"


@then(parsers.parse('the Page "{name}" shows that it needs a new login'))
@then(parsers.parse('the Instagram account "{name}" shows that it needs a new login'))
def needs_a_new_login(stage: Stage, name: str) -> None:
    assert stage.account(name).status == "reauth_required"


@then('Meta sends us the messages of the Page "Casa Verde" again')
def sends_again(stage: Stage) -> None:
    assert stage.hears()
