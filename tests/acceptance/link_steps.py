"""Steps about links that open one conversation."""

from dataclasses import replace

from pytest_bdd import then, when

from tests.acceptance.stage import OTTO, Stage
from tests.acceptance.views import SeenConversation


@when("Bia opens the link to the conversation with Ana")
def bia_opens_the_link(stage: Stage) -> None:
    stage.opens_link("Ana")


@when("Bia opens the link to the conversation with Caio, who never wrote")
def bia_opens_an_early_link(stage: Stage) -> None:
    stage.opens_link("Caio")


@when("Otto opens the link to the conversation with Ana")
def otto_opens_the_link(stage: Stage) -> None:
    stage.opens_link("Ana", OTTO)


@then("she sees the conversation with Ana as the list shows it")
def as_in_the_list(stage: Stage) -> None:
    assert stage.outcome.opened is not None
    assert _without_profile(stage.outcome.opened) == _without_profile(stage.conversation("Ana"))


@then("she sees a conversation in which nothing was said, and cannot answer")
def nothing_was_said(stage: Stage) -> None:
    opened = stage.outcome.opened
    assert opened is not None
    assert (opened.contact_id, opened.unread, opened.open) == (stage.contact("Caio").id, 0, False)


def _without_profile(seen: SeenConversation) -> SeenConversation:
    """What does not change by itself when Meta tells who it is."""
    return replace(seen, contact_name=None, picture=None)
