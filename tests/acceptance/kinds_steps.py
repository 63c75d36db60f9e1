"""Steps about the kinds of answers."""

from typing import Any

from pytest_bdd import parsers, then, when

from meta_inbox.domain.model.content import (
    Card,
    CardsContent,
    ImagesContent,
    MediaContent,
    MediaPart,
    ProductsContent,
    QuickRepliesContent,
    QuickReply,
    StickerContent,
    TextContent,
    UtilityContent,
)
from tests.acceptance.stage import Stage

FILM = "https://cdn.example/pao-de-queijo.mp4"


@when(parsers.parse("Bia answers Ana with {count:d} pictures"))
def bia_answers_with_pictures(stage: Stage, count: int) -> None:
    pictures = tuple(MediaPart(url=f"https://cdn.example/{number}.jpg") for number in range(count))
    stage.answers("Ana", ImagesContent(items=pictures))


@when(parsers.parse('Bia answers Ana "{text}" with "{one}" and "{two}" to tap'))
def bia_answers_with_quick_replies(stage: Stage, text: str, one: str, two: str) -> None:
    replies = tuple(QuickReply(title=title, payload=title.upper()) for title in (one, two))
    stage.answers("Ana", QuickRepliesContent(text=text, quick_replies=replies))


@when(parsers.parse('Bia answers Ana with cards for "{one}" and "{two}"'))
def bia_answers_with_cards(stage: Stage, one: str, two: str) -> None:
    cards = tuple(Card(title=title, subtitle="Saindo do forno") for title in (one, two))
    stage.answers("Ana", CardsContent(cards=cards))


@when("Bia answers Ana with a heart")
def bia_answers_with_a_heart(stage: Stage) -> None:
    stage.answers("Ana", StickerContent(name="like_heart"))


@when("Bia answers Ana with a film")
def bia_answers_with_a_film(stage: Stage) -> None:
    stage.answers("Ana", MediaContent(url=FILM, type="video"))


@when(parsers.parse("Bia answers Ana with {count:d} products of the catalogue"))
def bia_answers_with_products(stage: Stage, count: int) -> None:
    stage.answers("Ana", ProductsContent(product_ids=tuple(str(700 + number) for number in range(count))))


@when(parsers.parse('Bia answers Ana "{text}" as another persona'))
def bia_answers_as_somebody(stage: Stage, text: str) -> None:
    stage.answers("Ana", TextContent(text=text), persona="4411")


@when(parsers.parse('Bia answers Ana with the approved template "{name}"'))
def bia_answers_with_a_template(stage: Stage, name: str) -> None:
    stage.answers("Ana", UtilityContent(template=name, language="pt_BR"))


@then(parsers.parse("Ana receives {count:d} products of the catalogue"))
def ana_receives_products(stage: Stage, count: int) -> None:
    payload = _only(stage)["attachment"]["payload"]
    assert (payload["template_type"], len(payload["elements"])) == ("product", count)


@then(parsers.parse('Ana receives the approved template "{name}"'))
def ana_receives_a_template(stage: Stage, name: str) -> None:
    assert _only(stage)["template"]["name"] == name


@then(parsers.parse("Ana receives one message with {count:d} pictures"))
def ana_receives_pictures(stage: Stage, count: int) -> None:
    assert [each["type"] for each in _only(stage)["attachments"]] == ["image"] * count


@then(parsers.parse('Ana receives "{text}" with "{one}" and "{two}" to tap'))
def ana_receives_quick_replies(stage: Stage, text: str, one: str, two: str) -> None:
    message = _only(stage)
    assert message["text"] == text
    assert [reply["title"] for reply in message["quick_replies"]] == [one, two]


@then(parsers.parse('Ana receives cards for "{one}" and "{two}"'))
def ana_receives_cards(stage: Stage, one: str, two: str) -> None:
    payload = _only(stage)["attachment"]["payload"]
    assert [card["title"] for card in payload["elements"]] == [one, two]


@then("Ana receives a heart")
def ana_receives_a_heart(stage: Stage) -> None:
    assert _only(stage)["attachment"]["type"] == "like_heart"


@then("Ana receives a film")
def ana_receives_a_film(stage: Stage) -> None:
    assert _only(stage)["attachment"] == {"type": "video", "payload": {"url": FILM}}


@then("the answer is refused because there are too many pictures")
def refused_too_many_pictures(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "too_many_images"


@then("the answer is refused because Instagram does not have it")
@then("the answer is refused because Messenger does not have it")
def refused_not_there(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "not_supported_here"


def _only(stage: Stage) -> dict[str, Any]:
    """The one message that Ana got."""
    assert stage.outcome.refusal is None
    (message,) = stage.received_by("Ana")
    return message
