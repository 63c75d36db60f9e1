"""Steps about what becomes of messages, and about comments."""

from datetime import timedelta

from pytest_bdd import given, parsers, then, when

from meta_inbox.adapters.meta_graph.world_values import Contact
from tests.acceptance.stage import Stage
from tests.acceptance.views import SeenMessage
from tests.harness.webhooks import body_of, text_event

OTHER_APP = "555666777"


def ana(stage: Stage) -> Contact:
    """Ana, as the account knows her to which she wrote last."""
    known = [one for one in stage.world.ground.state.contacts.values() if one.name == "Ana"]
    return known[-1]


def last_mid(stage: Stage, *, by_contact: bool) -> str:
    """The latest message of that side."""
    thread = stage.world.contacts.thread(ana(stage).id)
    return next(entry.mid for entry in reversed(thread) if entry.by_contact is by_contact)


@when(parsers.parse('Ana changes it to "{text}"'))
def ana_edits(stage: Stage, text: str) -> None:
    stage.play(lambda: stage.world.contacts.edit(ana(stage).id, last_mid(stage, by_contact=True), text))


@given("Ana reacted to the answer with love")
@when("Ana reacts to the answer with love")
def ana_reacts(stage: Stage) -> None:
    stage.play(lambda: stage.world.contacts.react(ana(stage).id, last_mid(stage, by_contact=False), "love"))


@when("Ana takes her reaction back")
def ana_takes_it_back(stage: Stage) -> None:
    stage.sees("Ana", lambda message: bool(message.reactions), "the reaction")
    stage.play(lambda: stage.world.contacts.react(ana(stage).id, last_mid(stage, by_contact=False), None))


@when("Ana unsends it")
def ana_unsends(stage: Stage) -> None:
    stage.sees("Ana", lambda message: message.direction == "inbound", "the message")
    stage.play(lambda: stage.world.contacts.unsend(ana(stage).id, last_mid(stage, by_contact=True)))


@when(
    parsers.parse(
        'Meta first tells of Ana\'s correction "{new}" and then of her message "{old}"',
    )
)
def correction_first(stage: Stage, new: str, old: str) -> None:
    contact, now = stage.contact("Ana").id, int(stage.world.now().timestamp() * 1000)
    event = text_event("m_corrected", contact, old, at=now - 5000)
    edit = {name: event[name] for name in ("sender", "recipient")} | {"timestamp": now}
    edit |= {"message_edit": {"mid": "m_corrected", "text": new, "num_edit": 1}}
    stage.deliver(body_of([edit]))
    stage.deliver(body_of([event]))


@when("Ana reads it")
def ana_reads(stage: Stage) -> None:
    stage.play(lambda: stage.world.contacts.read(ana(stage).id))


@when("the conversation with Ana is handed to another app")
def handed_over(stage: Stage) -> None:
    stage.play(lambda: stage.world.contacts.hand_over(ana(stage).id, OTHER_APP))


@given(parsers.parse('Ana wrote to the Page "Casa Verde" "{text}" {hours:d} hours ago'))
def ana_wrote_it_long_ago(stage: Stage, text: str, hours: int) -> None:
    stage.writes("Ana", "Casa Verde", text, ago=timedelta(hours=hours))


@when(parsers.parse('Ana comes back by the link "{ref}"'))
def ana_comes_back(stage: Stage, ref: str) -> None:
    stage.play(lambda: stage.world.contacts.follow_link(ana(stage).id, ref))


@then(parsers.parse('Bia can read that it was "{text}" before'))
def bia_reads_what_it_was(stage: Stage, text: str) -> None:
    stage.sees("Ana", lambda message: message.former_texts == (text,), text)


@then(parsers.parse('Bia sees Ana\'s love for the answer "{text}"'))
def bia_sees_love(stage: Stage, text: str) -> None:
    expected = (("contact", "love"),)
    stage.sees("Ana", lambda message: (message.text, message.reactions) == (text, expected), "love")


@then(parsers.parse('Bia sees no reaction to the answer "{text}"'))
def bia_sees_none(stage: Stage, text: str) -> None:
    stage.sees("Ana", lambda message: (message.text, message.reactions) == (text, ()), "no reaction")


@then("Bia sees that a message of Ana's was unsent")
def bia_sees_the_tombstone(stage: Stage) -> None:
    def matches(message: SeenMessage) -> bool:
        return (message.type, message.text, message.direction) == ("deleted", None, "inbound")

    stage.sees("Ana", matches, "the tombstone")


@then(parsers.parse('"{text}" is nowhere any more'))
def nowhere_any_more(stage: Stage, text: str) -> None:
    async def gone() -> bool:
        return not await stage.doors.backstage.holds(text)

    stage.eventually(gone, "every copy is gone")


@then(parsers.parse('the answer "{text}" is shown as read'))
def shown_as_read(stage: Stage, text: str) -> None:
    stage.sees("Ana", lambda message: (message.text, message.status) == (text, "read"), "read")


@then("Bia sees that another app has the conversation with Ana")
def another_app_has_it(stage: Stage) -> None:
    stage.sees("Ana", lambda message: message.type == "thread_control", "the line")
    assert stage.conversation("Ana").owner == OTHER_APP


@then(parsers.parse('Bia sees that Ana came by the link "{ref}"'))
def came_by_the_link(stage: Stage, ref: str) -> None:
    stage.sees("Ana", lambda message: (message.type, message.ref) == ("referral", ref), "the referral")


@then("Bia may answer Ana again")
def may_answer_again(stage: Stage) -> None:
    assert stage.conversation("Ana").open


# Comments


@given(parsers.parse('Ana commented to the Page "{account}" "{text}"'))
@given(parsers.parse('Ana commented to the Instagram account "{account}" "{text}"'))
@when(parsers.parse('Ana comments to the Page "{account}" "{text}"'))
@when(parsers.parse('Ana comments to the Instagram account "{account}" "{text}"'))
def ana_comments(stage: Stage, account: str, text: str) -> None:
    contact = stage.contact("Ana", account)
    stage.outcome.text = stage.play(lambda: stage.world.comments.write(contact.id, text))


@when(parsers.parse('the shop answers the comment "{text}" in Meta\'s own app'))
def the_shop_answers(stage: Stage, text: str) -> None:
    comment = stage.outcome.text or ""
    stage.play(lambda: stage.world.comments.answer(ana(stage).id, comment, text))


@when("the comment is removed")
def the_comment_is_removed(stage: Stage) -> None:
    stage.play(lambda: stage.world.comments.remove(stage.outcome.text or ""))


@then(parsers.parse('Bia sees the comment "{text}" of Ana'))
def bia_sees_the_comment(stage: Stage, text: str) -> None:
    stage.sees_comment("Ana", lambda message: (message.type, message.text) == ("comment", text), text)
    (conversation,) = stage.all_conversations_now()
    assert (conversation.kind, conversation.unread) == ("comments", 1)


@then("nobody wrote to Bia in private")
def nobody_wrote(stage: Stage) -> None:
    assert stage.messages("Ana") == []


@then(parsers.parse('Bia sees the answer "{text}" under the comment of Ana'))
def bia_sees_the_answer(stage: Stage, text: str) -> None:
    def matches(message: SeenMessage) -> bool:
        return (message.text, message.direction, message.origin) == (text, "outbound", "native_app")

    stage.sees_comment("Ana", matches, text)


@then("Bia sees only that there was a comment")
def bia_sees_that_there_was_one(stage: Stage) -> None:
    stage.sees_comment("Ana", lambda message: (message.type, message.text) == ("deleted", None), "tombstone")
