"""What comes with a message, or is one."""

from typing import Any

import pytest

from meta_inbox.domain.model.webhook import ItemKind
from meta_inbox.domain.model.window import OpeningKind
from tests.unit.meta_bodies import attachment, message

CDN = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1"


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("image", "image"),
        ("video", "video"),
        ("audio", "audio"),
        ("file", "file"),
        ("sticker", "sticker"),
        ("share", "share"),
        ("fallback", "share"),
        ("media", "share"),
        ("media_share", "share"),
        ("ig_post", "share"),
        ("post", "share"),
        ("story", "share"),
        ("ig_reel", "reel"),
        ("reel", "reel"),
        ("story_mention", "story_mention"),
        ("template", "template"),
        ("location", "location"),
        ("appointment_booking", "appointment"),
        ("ephemeral", "view_once"),
        ("unsupported_type", "unsupported"),
        ("a_type_of_2031", "unsupported"),
    ],
)
def test_an_attachment_names_the_type(kind: str, shown: str) -> None:
    item = attachment(kind, url=CDN)
    assert (item.kind, item.type, item.text) == (ItemKind.MESSAGE, shown, None)
    assert item.opens is OpeningKind.MESSAGE
    (part,) = item.attachments
    assert (part.source_url, part.state) == (CDN, "pending")
    assert part.type == (kind if shown == "unsupported" else shown)


def test_several_images_in_one_message() -> None:
    item = message(attachments=[{"type": "image", "payload": {"url": f"https://cdn/{n}"}} for n in range(3)])
    assert item.type == "image"
    assert [part.source_url for part in item.attachments] == [f"https://cdn/{n}" for n in range(3)]


def test_a_file_that_is_listed_twice_is_one() -> None:
    item = message(attachments=[{"type": "image", "payload": {"url": CDN}}] * 2)
    assert len(item.attachments) == 1


@pytest.mark.parametrize("order", [1, -1])
def test_a_sticker_beside_its_picture_is_one_sticker(order: int) -> None:
    twins = [{"type": "image", "payload": {"url": CDN}}, {"type": "sticker", "payload": {"url": CDN}}]
    item = message(attachments=twins[::order])
    assert (item.type, len(item.attachments)) == ("sticker", 1)


def test_an_image_with_a_sticker_id_is_a_sticker() -> None:
    assert attachment("image", url="https://cdn/1", sticker_id=369239263222822).type == "sticker"


@pytest.mark.parametrize("kind", ["like_heart", "ephemeral", "image"])
def test_a_payload_may_be_missing(kind: str) -> None:
    item = message(attachments=[{"type": kind}])
    assert item.attachments[0].source_url is None
    assert item.type != "unsupported"


def test_a_post_shared_by_its_old_and_its_new_name_is_one() -> None:
    parts = [{"type": name, "payload": {"url": CDN, "title": "Outono"}} for name in ("share", "ig_post")]
    item = message(attachments=parts)
    assert (item.type, len(item.attachments), item.attachments[0].name) == ("share", 1, "Outono")


@pytest.mark.parametrize("payload", [None, "https://shop.example/not-an-object", 7, []])
def test_a_payload_of_any_type_is_survived(payload: Any) -> None:
    item = message(attachments=[{"type": "fallback", "title": "Loja", "payload": payload}])
    assert (item.type, item.attachments[0].name) == ("share", "Loja")


def test_a_link_preview_may_have_its_address_beside_the_payload() -> None:
    shop = "https://shop.example/"
    item = message(attachments=[{"type": "fallback", "title": "Loja", "url": shop, "payload": None}])
    assert item.attachments[0].source_url == shop


def test_a_link_preview_beside_a_text_is_a_text() -> None:
    item = message(
        text="https://shop.example",
        attachments=[{"type": "fallback", "payload": {"url": "https://shop.example", "title": "Loja"}}],
    )
    assert (item.type, item.text, len(item.attachments)) == ("text", "https://shop.example", 1)


def test_an_image_with_words_is_an_image() -> None:
    item = message(text="Este?", attachments=[{"type": "image", "payload": {"url": CDN}}])
    assert (item.type, item.text) == ("image", "Este?")


def test_a_reel_may_leave_its_site_out() -> None:
    item = attachment("ig_reel", url="/reel/1/", reel_video_id=1)
    assert item.attachments[0].source_url == "https://www.facebook.com/reel/1/"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//shop.example", "fb://photo/1", "", 7, None])
def test_an_address_that_is_not_on_the_web_is_not_taken(url: Any) -> None:
    assert attachment("image", url=url).attachments[0].source_url is None


@pytest.mark.parametrize("names", [("lat", "long"), ("latitude", "longitude")])
def test_a_location_is_readable(names: tuple[str, str]) -> None:
    item = attachment("location", coordinates=dict(zip(names, (-23.5, -46.63), strict=True)))
    assert (item.type, item.attachments[0].name) == ("location", "-23.500000, -46.630000")


def test_a_booking_says_when_and_what_became_of_it() -> None:
    item = attachment(
        "appointment_booking",
        booking_id=77,
        status="confirmed",
        start_time=1796000000,
        end_time=1796003600,
        timezone="Europe/Kyiv",
    )
    assert item.details == {
        "booking_id": "77",
        "status": "confirmed",
        "start_time": "1796000000",
        "end_time": "1796003600",
        "timezone": "Europe/Kyiv",
    }


def test_a_template_names_the_products_asked_about() -> None:
    elements = [{"id": 5512, "retailer_id": "blue", "title": "Vaso", "subtitle": "R$ 90", "image_url": "x"}]
    item = attachment("template", product={"elements": elements})
    assert item.details == {
        "products": [{"id": "5512", "retailer_id": "blue", "title": "Vaso", "subtitle": "R$ 90"}]
    }


@pytest.mark.parametrize("inside", [True, False])
def test_a_template_of_cards_names_them(inside: bool) -> None:
    cards = {"elements": [{"title": "Vaso", "subtitle": "Azul"}]}
    item = attachment("template", **({"generic": cards} if inside else cards))
    assert item.details == {"elements": [{"title": "Vaso", "subtitle": "Azul"}]}
