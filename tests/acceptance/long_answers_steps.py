"""What is said of long answers in scenarios, as methods of the stage."""

from pytest_bdd import given, parsers, then, when

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.model.content import TextContent
from tests.acceptance.stage import Stage

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def recipe(length: int) -> str:
    """A text of words and lines, no two of which are alike."""
    lines = (" ".join(f"{line}.{word}" for word in range(12)) for line in range(length))
    return "\n".join(lines)[: length - 1] + "."


@given(parsers.parse("Bia answered Ana with a recipe of {length:d} characters, in parts"))
@when(parsers.parse("Bia answers Ana with a recipe of {length:d} characters, in parts"))
def answers_with_a_recipe(stage: Stage, length: int) -> None:
    stage.answers("Ana", TextContent(text=recipe(length)), split=True)


@when(parsers.parse("Bia answers Ana with {count:d} families, in parts"))
def answers_with_families(stage: Stage, count: int) -> None:
    stage.answers("Ana", TextContent(text=FAMILY * count), split=True)


@when(parsers.parse('Bia answers Ana "{text}", in parts if need be'))
def answers_in_parts_if_need_be(stage: Stage, text: str) -> None:
    stage.answers("Ana", TextContent(text=text), split=True)


@given("Meta will take one message and then say that Ana cannot be reached")
def takes_one_and_then_refuses(stage: Stage) -> None:
    stage.world.faults.plan("messages", Fault(kind=FaultKind.DELAY))
    refused = Fault(kind=FaultKind.REFUSE, code=551, subcode=1545041, status=400)
    stage.world.faults.plan("messages", refused)


@when(parsers.parse('Ana answers the second part "{text}"'))
def ana_answers_the_second_part(stage: Stage, text: str) -> None:
    mid = stage.own_answer("Ana").parts[1].mid
    stage.play(lambda: stage.world.contacts.write(stage.contact("Ana").id, text, reply_to=mid))


@given(parsers.parse('Bia reacted to the recipe with "{reaction}"'))
@when(parsers.parse('Bia reacts to the recipe with "{reaction}"'))
def reacts_to_the_recipe(stage: Stage, reaction: str) -> None:
    stage.reacts("Ana", reaction, to="outbound")
    assert stage.outcome.refusal is None


@when("Bia takes her reaction to the recipe back")
def takes_it_back(stage: Stage) -> None:
    stage.reacts("Ana", None, to="outbound")


@then(parsers.parse("Ana receives the recipe in {count:d} parts, in their order"))
def receives_the_recipe(stage: Stage, count: int) -> None:
    texts = [message["text"] for message in stage.received_by("Ana")]
    assert len(texts) == count
    own = stage.own_answer("Ana")
    assert [part.text for part in own.parts] == texts
    assert own.text is not None
    assert " ".join(texts).split() == own.text.split()


@then(parsers.parse("Ana receives {count:d} whole families in {parts:d} parts"))
def receives_families(stage: Stage, count: int, parts: int) -> None:
    texts = [message["text"] for message in stage.received_by("Ana")]
    assert len(texts) == parts
    assert sum(text.count(FAMILY) for text in texts) == count
    assert all(text.replace(FAMILY, "") == "" for text in texts)


@then("Bia sees one answer with the whole recipe")
def sees_one_answer(stage: Stage) -> None:
    stage.let_everything_arrive()
    (own,) = (message for message in stage.messages("Ana") if message.direction == "outbound")
    assert own.text == recipe(len(own.text or ""))
    assert (own.origin, own.status) == ("agent", "sent")
    assert {part.status for part in own.parts} == {"sent"}


@then("Ana received only the first part")
def received_the_first_part(stage: Stage) -> None:
    (received,) = stage.received_by("Ana")
    assert received["text"] == stage.own_answer("Ana").parts[0].text


@then("Bia sees that the other parts were not sent")
def sees_what_was_not_sent(stage: Stage) -> None:
    own = stage.own_answer("Ana")
    assert own.status == "failed"
    assert [part.status for part in own.parts] == ["sent", "failed", "failed"]


@then(parsers.parse('Bia sees "{text}" as an answer to the recipe'))
def sees_the_answer_to_it(stage: Stage, text: str) -> None:
    stage.sees("Ana", lambda message: message.text == text, "the answer")
    asked = next(message for message in stage.messages("Ana") if message.text == text)
    assert asked.answers == stage.own_answer("Ana").id
