"""Steps about what Bia does beside writing."""

from pytest_bdd import given, parsers, then, when

from meta_inbox.adapters.meta_graph.world_people import CASAVERDE
from meta_inbox.adapters.meta_graph.world_routing import INSTAGRAM_INBOX
from meta_inbox.adapters.meta_graph.world_values import Entry
from meta_inbox.domain.model.thread_control import ThreadControl
from tests.acceptance.changes_steps import ana, last_mid
from tests.acceptance.stage import Stage


@given("Bia began to type")
@when("Bia begins to type")
def bia_types(stage: Stage) -> None:
    stage.types("Ana", on=True)


@when("Bia stops typing")
def bia_stops(stage: Stage) -> None:
    stage.types("Ana", on=False)


@then("Ana sees that somebody is typing")
def ana_sees_typing(stage: Stage) -> None:
    assert stage.outcome.refusal is None
    assert ana(stage).typing_shown


@then("Ana no longer sees that somebody is typing")
def ana_sees_no_typing(stage: Stage) -> None:
    assert not ana(stage).typing_shown


@given("Meta is down")
def meta_is_down(stage: Stage) -> None:
    stage.arrives("Ana")
    stage.meta_is_down(down=True)


@then("nothing is refused")
def nothing_refused(stage: Stage) -> None:
    assert stage.outcome.refusal is None


@then("it is refused because the window is closed")
def window_closed(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "window_closed"


@then("it is refused because there is no such thing there")
def not_supported(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "not_supported_here"


@given(parsers.parse('Bia reacted to it with "{reaction}"'))
@when(parsers.parse('Bia reacts to it with "{reaction}"'))
def bia_reacts(stage: Stage, reaction: str) -> None:
    stage.reacts("Ana", reaction)


@when("Bia takes her reaction back")
def bia_takes_it_back(stage: Stage) -> None:
    stage.reacts("Ana", None)


def _hers(stage: Stage) -> Entry:
    return stage.world.ground.entry(ana(stage).id, last_mid(stage, by_contact=True))


@then(parsers.parse('Ana sees the reaction "{emoji}" of the shop'))
def ana_sees_it(stage: Stage, emoji: str) -> None:
    assert stage.outcome.refusal is None
    assert _hers(stage).business_reaction == emoji


@then("Ana sees no reaction of the shop")
def ana_sees_none(stage: Stage) -> None:
    assert _hers(stage).business_reaction is None


@then(parsers.parse('Bia sees the reaction "{reaction}" of the shop'))
def bia_sees_it(stage: Stage, reaction: str) -> None:
    assert stage.messages("Ana")[0].reactions == (("account", reaction),)


@then("Bia sees no reaction of the shop")
def bia_sees_none(stage: Stage) -> None:
    assert stage.outcome.refusal is None
    assert stage.messages("Ana")[0].reactions == ()


@given("Bia handed the conversation to the Instagram app")
@when("Bia hands the conversation to the Instagram app")
def bia_hands_over(stage: Stage) -> None:
    stage.controls("Ana", ThreadControl(action="pass", app_id=INSTAGRAM_INBOX))
    assert stage.outcome.refusal is None


@when("Bia takes the conversation back")
def bia_takes_over(stage: Stage) -> None:
    stage.controls("Ana", ThreadControl(action="take"))


def _at_meta(stage: Stage) -> str | None:
    return stage.world.ground.state.thread_owners.get(ana(stage).id)


@then("the Instagram app has the conversation with Ana")
def instagram_has_it(stage: Stage) -> None:
    assert (_at_meta(stage), stage.conversation("Ana").owner) == (INSTAGRAM_INBOX, INSTAGRAM_INBOX)


@then("Bia has the conversation with Ana")
def bia_has_it(stage: Stage) -> None:
    assert stage.outcome.refusal is None
    assert (_at_meta(stage), stage.conversation("Ana").owner) == (stage.world.ground.app_id, "self")


@then("the answer is refused because another app has the conversation")
def refused_for_another(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "not_thread_owner"


@given(parsers.parse('Bia offered the question "{question}" on Instagram'))
@when(parsers.parse('Bia offers the question "{question}" on Instagram'))
def bia_offers(stage: Stage, question: str) -> None:
    stage.offers("casaverde", [question])
    assert stage.outcome.refusal is None


@when("Bia offers no question on Instagram")
def bia_offers_none(stage: Stage) -> None:
    stage.offers("casaverde", [])
    assert stage.outcome.refusal is None


def _offered(stage: Stage) -> list[str]:
    profile = stage.world.ground.state.profiles[CASAVERDE.id]
    return [
        each["question"] for asked in profile.get("ice_breakers", ()) for each in asked["call_to_actions"]
    ]


@then(parsers.parse('people who come to the Instagram account are offered "{question}"'))
def people_are_offered(stage: Stage, question: str) -> None:
    assert _offered(stage) == [question]


@then("people who come to the Instagram account are offered nothing")
def people_are_offered_nothing(stage: Stage) -> None:
    assert _offered(stage) == []


@then(parsers.parse('Bia sees that "{question}" is offered there'))
def bia_sees_the_offer(stage: Stage, question: str) -> None:
    assert stage.offered("casaverde") == [question]
