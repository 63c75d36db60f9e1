"""What a contact wrote, pressed or answered, and what the business wrote."""

import json

import pytest

from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.model.window import OpeningKind
from tests.unit.meta_bodies import (
    ANA,
    INSTAGRAM,
    MID,
    SENT_AT,
    attachment,
    body,
    event,
    message,
    one,
    only,
    read,
)


def test_a_text_message() -> None:
    item = message(text="Vocês entregam em Kyiv? 😀")
    assert item == WebhookItem(
        index=0,
        platform=Platform.INSTAGRAM,
        external_id=INSTAGRAM,
        kind=ItemKind.MESSAGE,
        event="message",
        contact_id=ContactId(ANA),
        meta_message_id=MetaMessageId(MID),
        type="text",
        text="Vocês entregam em Kyiv? 😀",
        opens=OpeningKind.MESSAGE,
        sent_at=SENT_AT,
        raw=item.raw,
        plain=True,
    )
    assert json.loads(item.raw) == event(message={"mid": MID, "text": "Vocês entregam em Kyiv? 😀"})


def test_meta_escapes_its_bodies() -> None:
    raw = body(event(message={"mid": "m_1", "text": "café 😀 a/b"})).replace(b"a/b", rb"a\/b")
    assert rb"caf\u00e9 \ud83d\ude00 a\/b" in raw
    assert only(read(raw)).text == "café 😀 a/b"


def test_a_text_message_says_the_same_by_either_way() -> None:
    quick = message(text="Olá")
    slow = one({**event(message={"mid": MID, "text": "Olá"}), "hop_context": []})
    assert (quick.plain, slow.plain) == (True, False)
    quick.raw, quick.plain = slow.raw, slow.plain
    assert quick == slow


def test_a_text_message_to_another_than_the_entry_is_not_plain() -> None:
    item = one({**event(message={"mid": MID, "text": "Olá"}), "recipient": {"id": "1784999"}})
    assert (item.text, item.plain) == ("Olá", False)
    assert json.loads(item.raw)["recipient"] == {"id": "1784999"}


def test_plain_texts_among_others_stay_plain() -> None:
    text, edited = event(message={"mid": MID, "text": "Olá"}), event(message_edit={"mid": MID, "text": "Oi"})
    assert [item.plain for item in read(body(text, edited, text)).items] == [True, False, True]


def test_a_quick_reply() -> None:
    item = message(text="Sim", quick_reply={"payload": "SHIP_Y"})
    assert (item.type, item.text, item.quick_reply) == ("text", "Sim", "SHIP_Y")


def test_a_reply_to_a_message() -> None:
    assert message(text="Isso", reply_to={"mid": "aWdf-prev"}).reply_to == "aWdf-prev"


@pytest.mark.parametrize("url", ["https://cdn/story", None])
def test_a_reply_to_a_story(url: str | None) -> None:
    item = message(text="Lindo!", reply_to={"story": {"id": 17900, "url": url}})
    assert (item.type, item.reply_to) == ("story_reply", None)
    assert item.story == {"id": "17900", "kind": "reply", "url": url}


def test_a_story_mention_opens_the_window_too() -> None:
    item = attachment("story_mention", url="https://cdn/story")
    assert (item.type, item.opens) == ("story_mention", OpeningKind.MESSAGE)
    assert item.story == {"id": None, "kind": "mention", "url": "https://cdn/story"}


def test_a_story_that_was_shared() -> None:
    item = attachment("ig_story", story_media_id="18000", story_media_url="https://cdn/story")
    assert (item.type, item.story) == ("share", {"id": "18000", "kind": "share", "url": "https://cdn/story"})


def test_the_advertisement_by_which_somebody_came() -> None:
    item = message(
        text="Quanto custa?",
        referral={
            "ref": "autumn",
            "source": "ADS",
            "type": "OPEN_THREAD",
            "ad_id": 120200,
            "ads_context_data": {"ad_title": "Outono", "photo_url": "https://cdn/ad"},
        },
    )
    assert item.referral == {
        "source": "ADS",
        "type": "OPEN_THREAD",
        "ref": "autumn",
        "ad_id": "120200",
        "title": "Outono",
    }


def test_the_question_of_an_advertisement_is_what_was_said() -> None:
    item = message(referral={"source": "ADS", "text": "Quanto custa?"})
    assert (item.type, item.text) == ("text", "Quanto custa?")
    assert message(text="Oi", referral={"source": "ADS", "text": "Quanto custa?"}).text == "Oi"


def test_the_product_that_somebody_asks_about() -> None:
    referral = message(text="Tem azul?", referral={"product": {"id": 5512}}).referral
    assert referral is not None
    assert referral["product_id"] == "5512"


def test_commands_are_told() -> None:
    item = message(text="/flights", commands=[{"name": "flights"}, {"name": 7}, None])
    assert item.details == {"commands": ["flights"]}


def test_what_the_api_cannot_carry_is_shown_as_unsupported() -> None:
    item = message(is_unsupported=True)
    assert (item.kind, item.type, item.text) == (ItemKind.MESSAGE, "unsupported", None)


def test_a_message_without_anything_to_show_is_unsupported() -> None:
    assert message().type == "unsupported"


def test_a_message_without_an_id_always_gets_the_same_one() -> None:
    first, again = (one(event(message={"text": "Oi"})) for _ in range(2))
    assert first.meta_message_id is not None
    assert first.meta_message_id.startswith("ev:")
    assert first.meta_message_id == again.meta_message_id
    assert one(event(sender="7782", message={"text": "Oi"})).meta_message_id != first.meta_message_id


def test_an_id_too_long_for_an_index_is_kept_by_its_hash() -> None:
    first, other = (one(event(message={"mid": "m" * 600 + end, "text": "Oi"})) for end in "ab")
    assert first.meta_message_id is not None
    assert first.meta_message_id.startswith("sha256:")
    assert first.meta_message_id != other.meta_message_id
