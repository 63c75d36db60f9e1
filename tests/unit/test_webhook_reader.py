"""The shapes of Meta's webhooks that are documented or were met, and what each of them says."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.webhook import ItemKind, Reading, WebhookItem
from meta_inbox.domain.model.window import OpeningKind

INSTAGRAM = "17841400000000001"
PAGE = "1001"
MID = "aWdfZAG1faXRlbToxOk" + "x" * 150
AT = 1795944011000
SENT_AT = datetime(2026, 11, 29, 9, 20, 11, tzinfo=UTC)

read = MsgspecWebhookReader().read


def body(*events: Any, account: str = INSTAGRAM, where: str = "messaging", **more: Any) -> bytes:
    name = "page" if account == PAGE else "instagram"
    return json.dumps(
        {"object": name, "entry": [{"id": account, "time": AT, where: list(events), **more}]}
    ).encode()


def event(account: str = INSTAGRAM, sender: str = "7781", **what: Any) -> dict[str, Any]:
    return {"sender": {"id": sender}, "recipient": {"id": account}, "timestamp": AT, **what}


def only(reading: Reading) -> WebhookItem:
    assert reading.problem is None
    (item,) = reading.items
    return item


def message(**what: Any) -> WebhookItem:
    return only(read(body(event(message={"mid": MID, **what}))))


def attachment(kind: str, **payload: Any) -> WebhookItem:
    return message(attachments=[{"type": kind, "payload": payload}])


def test_a_text_message() -> None:
    item = message(text="Vocês entregam em Kyiv? 😀")
    assert item == WebhookItem(
        index=0,
        platform=Platform.INSTAGRAM,
        external_id=INSTAGRAM,
        kind=ItemKind.MESSAGE,
        event="message",
        contact_id="7781",  # type: ignore[arg-type]  # plain text reads better here than the id types
        meta_message_id=MID,  # type: ignore[arg-type]
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
    slow = only(read(body({**event(message={"mid": MID, "text": "Olá"}), "hop_context": []})))
    assert (quick.plain, slow.plain) == (True, False)
    quick.raw, quick.plain = slow.raw, slow.plain
    assert quick == slow


def test_a_text_message_to_another_than_the_entry_is_not_plain() -> None:
    item = only(read(body({**event(message={"mid": MID, "text": "Olá"}), "recipient": {"id": "1784999"}})))
    assert (item.text, item.plain) == ("Olá", False)
    assert json.loads(item.raw)["recipient"] == {"id": "1784999"}


def test_plain_texts_among_others_stay_plain() -> None:
    text, edited = event(message={"mid": MID, "text": "Olá"}), event(message_edit={"mid": MID, "text": "Oi"})
    assert [item.plain for item in read(body(text, edited, text)).items] == [True, False, True]


def test_the_page_object_is_messenger() -> None:
    item = only(read(body(event(PAGE, "2460001", message={"mid": "m_1", "text": "Oi"}), account=PAGE)))
    assert (item.platform, item.external_id, item.contact_id) == (Platform.MESSENGER, PAGE, "2460001")


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("image", "image"),
        ("video", "video"),
        ("audio", "audio"),
        ("file", "file"),
        ("sticker", "sticker"),
        ("share", "share"),
        ("ig_post", "share"),
        ("post", "share"),
        ("ig_reel", "reel"),
        ("reel", "reel"),
        ("template", "template"),
        ("ephemeral", "unsupported"),
        ("a_type_of_2031", "unsupported"),
    ],
)
def test_an_attachment_names_the_type(kind: str, shown: str) -> None:
    item = attachment(kind, url="https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1")
    assert (item.kind, item.type, item.text, item.opens) == (
        ItemKind.MESSAGE,
        shown,
        None,
        OpeningKind.MESSAGE,
    )
    (part,) = item.attachments
    assert part.source_url == "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1"
    assert part.type == (kind if shown == "unsupported" else shown)
    assert part.state == "pending"


def test_several_images_in_one_message() -> None:
    item = message(attachments=[{"type": "image", "payload": {"url": f"https://cdn/{n}"}} for n in range(3)])
    assert item.type == "image"
    assert [part.source_url for part in item.attachments] == [f"https://cdn/{n}" for n in range(3)]


def test_a_heart_has_no_payload() -> None:
    item = message(attachments=[{"type": "like_heart"}])
    assert (item.type, item.attachments[0].source_url) == ("sticker", None)


def test_an_image_with_a_sticker_id_is_a_sticker() -> None:
    assert attachment("image", url="https://cdn/1", sticker_id=369239263222822).type == "sticker"


@pytest.mark.parametrize("payload", [None, "https://shop.example/not-an-object", 7, []])
def test_a_payload_of_any_type_is_survived(payload: Any) -> None:
    item = message(attachments=[{"type": "fallback", "title": "Loja", "payload": payload}])
    assert (item.type, item.attachments[0].name) == ("share", "Loja")


def test_a_link_preview_beside_a_text_is_a_text() -> None:
    item = message(
        text="https://shop.example",
        attachments=[{"type": "fallback", "payload": {"url": "https://shop.example", "title": "Loja"}}],
    )
    assert (item.type, item.text, len(item.attachments)) == ("text", "https://shop.example", 1)


def test_an_address_that_is_not_http_is_not_taken() -> None:
    assert attachment("ig_reel", url="/reel/1/").attachments[0].source_url is None
    assert attachment("image", url="javascript:alert(1)").attachments[0].source_url is None


def test_a_location_is_readable() -> None:
    item = attachment("location", coordinates={"lat": -23.5, "long": -46.63})
    assert (item.type, item.attachments[0].name) == ("location", "-23.500000, -46.630000")


def test_a_quick_reply() -> None:
    item = message(text="Sim", quick_reply={"payload": "SHIP_Y"})
    assert (item.type, item.text, item.quick_reply) == ("text", "Sim", "SHIP_Y")


def test_a_reply_to_a_message() -> None:
    assert message(text="Isso", reply_to={"mid": "aWdf-prev"}).reply_to == "aWdf-prev"


def test_a_reply_to_a_story() -> None:
    item = message(text="Lindo!", reply_to={"story": {"id": 17900, "url": "https://cdn/story"}})
    assert (item.type, item.reply_to) == ("story_reply", None)
    assert item.story == {"id": "17900", "kind": "reply", "url": "https://cdn/story"}


def test_a_story_mention_opens_the_window_too() -> None:
    item = attachment("story_mention", url="https://cdn/story")
    assert (item.type, item.opens) == ("story_mention", OpeningKind.MESSAGE)
    assert item.story == {"id": None, "kind": "mention", "url": "https://cdn/story"}


def test_the_advertisement_by_which_somebody_came() -> None:
    item = message(
        text="Quanto custa?",
        referral={
            "ref": "autumn",
            "source": "ADS",
            "type": "OPEN_THREAD",
            "ad_id": 120200,
            "ads_context_data": {"ad_title": "Outono"},
        },
    )
    assert item.referral == {
        "source": "ADS",
        "type": "OPEN_THREAD",
        "ref": "autumn",
        "ad_id": "120200",
        "title": "Outono",
    }


def test_what_the_api_cannot_carry_is_shown_as_unsupported() -> None:
    item = message(is_unsupported=True)
    assert (item.kind, item.type, item.text) == (ItemKind.MESSAGE, "unsupported", None)


def test_a_message_without_anything_to_show_is_unsupported() -> None:
    assert message().type == "unsupported"


def test_a_pressed_button() -> None:
    item = only(read(body(event(postback={"mid": "m_9", "title": "Preços", "payload": "PRICES"}))))
    assert (item.kind, item.type, item.text, item.opens) == (
        ItemKind.MESSAGE,
        "postback",
        "Preços",
        OpeningKind.POSTBACK,
    )
    assert item.postback == {"title": "Preços", "payload": "PRICES"}
    assert item.meta_message_id == "m_9"


def test_a_pressed_button_without_an_id_always_gets_the_same_one() -> None:
    pressed = body(event(postback={"title": "Oi", "payload": "GET_STARTED", "referral": {"ref": "x"}}))
    first, again = only(read(pressed)), only(read(pressed + b" "))
    assert first.meta_message_id is not None
    assert first.meta_message_id.startswith("pb:")
    assert first.meta_message_id == again.meta_message_id
    other = body(event(sender="7782", postback={"title": "Oi", "payload": "GET_STARTED"}))
    assert only(read(other)).meta_message_id != first.meta_message_id
    assert first.referral is not None


def test_an_echo_carries_our_token_and_its_app() -> None:
    echo = {
        "sender": {"id": PAGE},
        "recipient": {"id": "2460001"},
        "timestamp": AT,
        "message": {"is_echo": True, "app_id": 102030405060, "metadata": "own-1", "mid": "m_5", "text": "Oi"},
    }
    item = only(read(body(echo, account=PAGE)))
    assert (item.kind, item.event, item.contact_id) == (ItemKind.ECHO, "echo", "2460001")
    assert (item.client_token, item.app_id, item.opens) == ("own-1", "102030405060", None)
    assert (item.type, item.text, item.meta_message_id) == ("text", "Oi", "m_5")


def test_what_the_account_wrote_is_an_echo_without_the_flag_too() -> None:
    written = {"sender": {"id": PAGE}, "recipient": {"id": "246"}, "timestamp": AT}
    item = only(read(body({**written, "message": {"mid": "m_6", "text": "Oi"}}, account=PAGE)))
    assert (item.kind, item.contact_id) == (ItemKind.ECHO, "246")


def test_an_echoed_template_shows_its_words() -> None:
    echo = {"sender": {"id": PAGE}, "recipient": {"id": "246"}, "timestamp": AT}
    part: dict[str, Any] = {
        "type": "template",
        "payload": {"template_type": "button", "text": "Escolha", "buttons": []},
    }
    said: dict[str, Any] = {"is_echo": True, "mid": "m_7", "attachments": [part]}
    item = only(read(body({**echo, "message": said}, account=PAGE)))
    assert (item.type, item.text) == ("template", "Escolha")


@pytest.mark.parametrize(
    ("what", "name", "opens"),
    [
        ({"message": {"mid": "m_1", "is_deleted": True}}, "message_deleted", None),
        ({"message": {"mid": "m_1", "is_self": True, "is_echo": True, "text": "a"}}, "self", None),
        ({"message_edit": {"mid": "m_1", "text": "b", "num_edit": "1"}}, "message_edit", None),
        (
            {"reaction": {"mid": "m_1", "action": "react", "reaction": "love"}},
            "reaction",
            OpeningKind.REACTION,
        ),
        ({"reaction": {"mid": "m_1", "action": "unreact"}}, "reaction", None),
        ({"read": {"mid": "m_1"}}, "read", None),
        ({"read": {"watermark": AT}}, "read", None),
        ({"delivery": {"mids": ["m_1"], "watermark": AT}}, "delivery", None),
        ({"referral": {"source": "SHORTLINK", "type": "OPEN_THREAD"}}, "referral", OpeningKind.REFERRAL),
        ({"optin": {"ref": "a"}}, "optin", OpeningKind.OPT_IN),
        ({"pass_thread_control": {"new_owner_app_id": 1}}, "pass_thread_control", None),
        ({"policy-enforcement": {"action": "block"}}, "policy-enforcement", None),
        ({"something_of_2031": []}, "something_of_2031", None),
        ({"weird name\n": []}, "unknown", None),
        ({}, "unknown", None),
    ],
)
def test_everything_else_is_named_and_kept(
    what: dict[str, Any], name: str, opens: OpeningKind | None
) -> None:
    item = only(read(body(event(**what))))
    assert (item.kind, item.event, item.opens, item.problem) == (ItemKind.OTHER, name, opens, None)
    assert json.loads(item.raw) == event(**what)


def test_what_another_app_answers_is_kept_and_not_shown_as_ours() -> None:
    reading = read(
        body(event(message={"mid": "m_1", "text": "Oi"}), event(postback={}), where="standby", hop_context=[])
    )
    assert [(item.kind, item.event) for item in reading.items] == [
        (ItemKind.OTHER, "standby.message"),
        (ItemKind.OTHER, "standby.postback"),
    ]


def test_comments_are_kept() -> None:
    change = {"field": "comments", "value": {"id": "179", "text": "Preço?", "from": {"id": "7781"}}}
    item = only(read(body(change, where="changes")))
    assert (item.kind, item.event, item.external_id) == (ItemKind.OTHER, "comments", INSTAGRAM)
    assert json.loads(item.raw) == change


def test_a_comment_may_lie_flat_in_its_entry() -> None:
    flat = {
        "object": "instagram",
        "entry": [{"id": INSTAGRAM, "time": 1, "field": "comments", "value": {"id": "1"}}],
    }
    assert only(read(json.dumps(flat).encode())).event == "comments"


def test_a_message_may_come_as_a_change() -> None:
    change = {"field": "messages", "value": event(message={"mid": "m_1", "text": "Oi"})}
    item = only(read(body(change, where="changes")))
    assert (item.kind, item.text) == (ItemKind.MESSAGE, "Oi")


TEST_VALUE = {
    "sender": {"id": "12334"},
    "recipient": {"id": "23245"},
    "timestamp": "1527459824",
    "message": {"mid": "random_mid", "text": "random_text"},
}


@pytest.mark.parametrize(
    "test",
    [
        {
            "object": "instagram",
            "entry": [{"id": "0", "changes": [{"field": "messages", "value": TEST_VALUE}]}],
        },
        {"object": "page", "entry": [{"id": "0", "time": AT, "messaging": [TEST_VALUE]}]},
        {"object": "page", "entry": [{"id": PAGE, "time": AT, "messaging": [TEST_VALUE]}]},
        {
            "object": "instagram",
            "entry": [{"id": "0", "changes": [{"field": "comments", "value": {"id": "1"}}]}],
        },
        {"field": "messages", "value": TEST_VALUE},
        {
            "object": "page",
            "entry": [{"id": "0", "time": 1, "messaging": [event(message={"mid": "m", "text": "a"})]}],
        },
    ],
)
def test_the_dashboards_test_is_nobodys_message(test: dict[str, Any]) -> None:
    assert only(read(json.dumps(test).encode())).kind is ItemKind.TEST


def test_one_post_carries_many_accounts_in_order() -> None:
    reading = read(
        json.dumps(
            {
                "object": "page",
                "entry": [
                    {
                        "id": f"10{entry}",
                        "time": AT,
                        "messaging": [
                            event(f"10{entry}", message={"mid": f"m_{entry}_{n}", "text": "Oi"})
                            for n in range(2)
                        ],
                    }
                    for entry in range(3)
                ],
            }
        ).encode()
    )
    assert [(item.index, item.external_id, item.meta_message_id) for item in reading.items] == [
        (0, "100", "m_0_0"),
        (1, "100", "m_0_1"),
        (2, "101", "m_1_0"),
        (3, "101", "m_1_1"),
        (4, "102", "m_2_0"),
        (5, "102", "m_2_1"),
    ]


def test_ids_may_come_as_numbers() -> None:
    numbers = {
        "sender": {"id": 2**60},
        "recipient": {"id": 1001},
        "timestamp": AT,
        "message": {"mid": 5, "text": "a"},
    }
    item = only(
        read(json.dumps({"object": "page", "entry": [{"id": 1001, "messaging": [numbers]}]}).encode())
    )
    assert (item.external_id, item.contact_id, item.meta_message_id) == ("1001", str(2**60), "5")


@pytest.mark.parametrize(
    ("timestamp", "meant"),
    [
        (AT, SENT_AT),
        (AT // 1000, SENT_AT),
        (str(AT // 1000), SENT_AT),
        (str(AT), SENT_AT),
        (float(AT), SENT_AT),
        (AT + 123, SENT_AT.replace(microsecond=123000)),
        (10**30, None),
        (-1, None),
        (0, None),
        (True, None),
        ("soon", None),
        (None, None),
        ([], None),
        (10**14, None),
    ],
)
def test_times_come_in_several_forms(timestamp: Any, meant: datetime | None) -> None:
    item = only(read(body({**event(message={"mid": "m_1", "text": "a"}), "timestamp": timestamp})))
    assert (item.sent_at, item.text, item.problem) == (meant, "a", None)


@pytest.mark.parametrize("name", ["permissions", "user", "whatsapp_business_account"])
def test_another_object_is_told_and_not_taken(name: str) -> None:
    reading = read(json.dumps({"object": name, "entry": [{"id": "0", "changes": []}]}).encode())
    assert (reading.object, reading.items) == (name, ())
    assert reading.problem == f"unknown object: {name}"
