"""Steps for the scenarios of a host, in the words of people who answer customers. They need pytest-bdd.

``pytest_plugins = ["meta_inbox.testing.steps"]`` in the conftest of the root makes them known. Each only
translates a sentence to the ``meta_stage`` fixture, which steps of the host's own may ask for as well.
"""

from datetime import timedelta

from pytest_bdd import given, parsers, then, when

from meta_inbox.testing.stage import Stage

# What the business has


@given(parsers.parse('the Page "{name}" is connected'))
@given(parsers.parse('the Instagram account "{name}" is connected'))
def is_connected(meta_stage: Stage, name: str) -> None:
    meta_stage.connects(name)


@given("the business's login at Meta has ended")
@when("the business's login at Meta ends")
def login_ends(meta_stage: Stage) -> None:
    meta_stage.play(meta_stage.meta.token_dies)


# What contacts do


@given(parsers.parse('{contact} wrote "{text}"'))
@when(parsers.parse('{contact} writes "{text}"'))
def contact_writes(meta_stage: Stage, contact: str, text: str) -> None:
    meta_stage.writes(contact, text)


@given(parsers.parse('{contact} wrote to "{account}" "{text}"'))
@when(parsers.parse('{contact} writes to "{account}" "{text}"'))
def contact_writes_to(meta_stage: Stage, contact: str, account: str, text: str) -> None:
    meta_stage.turns_to(account)
    meta_stage.writes(contact, text)


@given(parsers.parse('{contact} wrote "{text}" {hours:d} hours ago'))
def contact_wrote_long_ago(meta_stage: Stage, contact: str, text: str, hours: int) -> None:
    meta_stage.writes(contact, text, ago=timedelta(hours=hours))


@given(parsers.parse('{contact} commented "{text}"'))
@when(parsers.parse('{contact} comments "{text}"'))
def contact_comments(meta_stage: Stage, contact: str, text: str) -> None:
    meta_stage.play(lambda: meta_stage.meta.contact_comments(meta_stage.account, contact, text))


@when(parsers.parse('{contact} changes that to "{text}"'))
def contact_edits(meta_stage: Stage, contact: str, text: str) -> None:
    meta_stage.play(lambda: meta_stage.meta.contact_edits(meta_stage.account, contact, text))


@when(parsers.parse("{contact} takes that back"))
def contact_unsends(meta_stage: Stage, contact: str) -> None:
    meta_stage.play(lambda: meta_stage.meta.contact_unsends(meta_stage.account, contact))


@when(parsers.parse("{contact} reads the answer"))
def contact_reads(meta_stage: Stage, contact: str) -> None:
    meta_stage.play(lambda: meta_stage.meta.contact_reads(meta_stage.account, contact))


@when(parsers.parse('{contact} reacts to the answer with "{reaction}"'))
def contact_reacts(meta_stage: Stage, contact: str, reaction: str) -> None:
    meta_stage.play(lambda: meta_stage.meta.contact_reacts(meta_stage.account, contact, reaction))


@given(parsers.parse("{contact} blocked the business"))
def contact_blocks(meta_stage: Stage, contact: str) -> None:
    meta_stage.play(lambda: meta_stage.meta.contact_blocks(meta_stage.account, contact))


# What Meta does


@given("Meta does not answer")
def meta_goes_down(meta_stage: Stage) -> None:
    meta_stage.play(meta_stage.meta.goes_down)


@when("Meta answers again")
def meta_comes_back(meta_stage: Stage) -> None:
    meta_stage.play(meta_stage.meta.comes_back)


@given("Meta will take the next answer and say nothing")
def meta_leaves_in_doubt(meta_stage: Stage) -> None:
    meta_stage.play(meta_stage.meta.leaves_in_doubt)


# What the business does, and what is seen of it


@given(parsers.parse('the agent answered {contact} "{text}"'))
@when(parsers.parse('the agent answers {contact} "{text}"'))
def agent_answers(meta_stage: Stage, contact: str, text: str) -> None:
    meta_stage.answers(contact, text)


@then(parsers.parse('{contact} receives "{text}"'))
def contact_receives(meta_stage: Stage, contact: str, text: str) -> None:
    meta_stage.eventually(lambda: text in meta_stage.received_by(contact), f"{contact} receives {text}")


@then(parsers.parse("{contact} receives nothing"))
def contact_receives_nothing(meta_stage: Stage, contact: str) -> None:
    assert meta_stage.received_by(contact) == []


@then(parsers.parse('the agent sees "{text}" from {contact}'))
def agent_sees(meta_stage: Stage, contact: str, text: str) -> None:
    assert text in meta_stage.written_by(contact)


@then(parsers.parse('the agent no longer sees "{text}" from {contact}'))
def agent_no_longer_sees(meta_stage: Stage, contact: str, text: str) -> None:
    assert text not in meta_stage.written_by(contact)


@then(parsers.parse('the agent sees the comment "{text}" of {contact}'))
def agent_sees_the_comment(meta_stage: Stage, contact: str, text: str) -> None:
    assert text in meta_stage.written_by(f"comments:{contact}")


@then(parsers.parse("the conversation with {contact} is unread"))
def is_unread(meta_stage: Stage, contact: str) -> None:
    assert meta_stage.conversation(contact).unread_count > 0


@then(parsers.parse("the answer to {contact} is {status:w}"))
def answer_is(meta_stage: Stage, contact: str, status: str) -> None:
    assert meta_stage.refusal is None
    meta_stage.eventually(lambda: meta_stage.own_answer(contact).status.value == status, status)


@then(parsers.parse('the answer is refused with "{code}"'))
def answer_is_refused(meta_stage: Stage, code: str) -> None:
    assert meta_stage.refusal is not None
    assert getattr(meta_stage.refusal, "code", type(meta_stage.refusal).__name__) == code
