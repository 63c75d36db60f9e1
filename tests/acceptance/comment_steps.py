"""Steps about what Bia does about comments."""

from datetime import timedelta

from pytest_bdd import given, parsers, then, when

from tests.acceptance.stage import Stage
from tests.acceptance.views import SeenMessage


@given(parsers.parse('Ana commented to the Page "{account}" "{text}" {days:d} days ago'))
def ana_commented_long_ago(stage: Stage, account: str, text: str, days: int) -> None:
    contact = stage.contact("Ana", account)
    ago = timedelta(days=days)
    stage.play(lambda: stage.world.comments.write(contact.id, text, at=stage.world.now() - ago))


@given(parsers.parse('Bia answered the comment in private "{text}"'))
@when(parsers.parse('Bia answers the comment in private "{text}"'))
def bia_answers_in_private(stage: Stage, text: str) -> None:
    stage.replies("Ana", text, "private")


@when(parsers.parse('Bia answers the comment in public "{text}"'))
def bia_answers_in_public(stage: Stage, text: str) -> None:
    stage.replies("Ana", text, "public")


@given("Bia hid the comment")
@when("Bia hides the comment")
def bia_hides(stage: Stage) -> None:
    stage.hides("Ana", hide=True)


@when("Bia shows the comment again")
def bia_shows_it(stage: Stage) -> None:
    stage.hides("Ana", hide=False)


@then(parsers.parse('everybody reads "{text}" under the comment of Ana'))
def everybody_reads(stage: Stage, text: str) -> None:
    assert stage.outcome.refusal is None
    comments = list(stage.world.ground.state.comments.values())
    (answer,) = [comment for comment in comments if comment.by_business]
    assert (answer.text, answer.parent) == (text, comments[0].id)
    assert stage.received_by("Ana") == []


@then(parsers.parse('Bia sees her private answer "{text}" beside the comment, and nothing twice'))
def bia_sees_her_private_answer(stage: Stage, text: str) -> None:
    _the_only_answer(stage, text, "private")


@then(parsers.parse('Bia sees her public answer "{text}" beside the comment, and nothing twice'))
def bia_sees_her_public_answer(stage: Stage, text: str) -> None:
    _the_only_answer(stage, text, "public")


def _the_only_answer(stage: Stage, text: str, way: str) -> None:
    _, _, comment = stage.comment("Ana")
    (answer,) = stage.public_answers("Ana")
    assert (answer.text, answer.way, answer.answers) == (text, way, comment.id)
    assert (answer.type, answer.status, answer.origin) == ("text", "sent", "agent")
    assert stage.messages("Ana") == []


@then("the answer is refused because the comment has its private answer")
def refused_as_used(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "private_reply_used"


@then("nobody else reads the comment any more")
def nobody_reads(stage: Stage) -> None:
    assert stage.outcome.refusal is None
    assert [comment.hidden for comment in stage.world.ground.state.comments.values()] == [True]


@then("everybody reads the comment again")
def everybody_reads_again(stage: Stage) -> None:
    assert stage.outcome.refusal is None
    assert [comment.hidden for comment in stage.world.ground.state.comments.values()] == [False]


@then("Bia sees that the comment is hidden")
def bia_sees_hidden(stage: Stage) -> None:
    _, _, comment = stage.comment("Ana")
    assert comment.hidden


@then("Bia sees that the comment is shown")
def bia_sees_shown(stage: Stage) -> None:
    def matches(message: SeenMessage) -> bool:
        return message.type == "comment" and not message.hidden

    stage.sees_comment("Ana", matches, "the comment, shown")
