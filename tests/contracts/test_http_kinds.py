"""Every kind of answer over HTTP, and the table of what each surface takes."""

from typing import Any

import httpx
import pytest

from meta_inbox.domain.model import content
from meta_inbox.domain.model.account import Surface
from meta_inbox.domain.model.capabilities import CAPABILITIES
from meta_inbox.domain.model.content import Button, Card, Content, MediaPart, QuickReply
from tests.contracts.http_stage import HttpStage

BUTTON = {"type": "postback", "title": "Pão", "payload": "BREAD"}
BREAD = Button(type="postback", title="Pão", payload="BREAD")
REPLY = {"title": "Sim", "payload": "YES"}
CARD = {"title": "Pão", "subtitle": "Quente", "image_url": "https://cdn.example/a.jpg", "buttons": [BUTTON]}
COMPONENTS: list[dict[str, Any]] = [{"type": "BODY", "parameters": [{"type": "text", "text": "Ana"}]}]

KINDS: list[tuple[dict[str, Any], Content]] = [
    *(
        (
            {"type": kind, "url": "https://cdn.example/a"},
            content.MediaContent(url="https://cdn.example/a", type=kind),
        )
        for kind in ("image", "video", "audio", "file")
    ),
    (
        {"type": "images", "items": [{"url": "https://cdn.example/1"}, {"url": "https://cdn.example/2"}]},
        content.ImagesContent(
            items=(MediaPart(url="https://cdn.example/1"), MediaPart(url="https://cdn.example/2"))
        ),
    ),
    (
        {"type": "quick_replies", "text": "Certo?", "quick_replies": [REPLY]},
        content.QuickRepliesContent(text="Certo?", quick_replies=(QuickReply(title="Sim", payload="YES"),)),
    ),
    (
        {"type": "cards", "cards": [CARD, {"title": "Bolo", "subtitle": "Frio"}]},
        content.CardsContent(
            cards=(
                Card(title="Pão", subtitle="Quente", image_url="https://cdn.example/a.jpg", buttons=(BREAD,)),
                Card(title="Bolo", subtitle="Frio"),
            )
        ),
    ),
    ({"type": "sticker", "name": "thumbs_up"}, content.StickerContent(name="thumbs_up")),
    ({"type": "sticker", "sticker_id": "3692"}, content.StickerContent(sticker_id="3692")),
    ({"type": "products", "product_ids": ["1", "2"]}, content.ProductsContent(product_ids=("1", "2"))),
    (
        {
            "type": "media_card",
            "media": "video",
            "url": "https://www.facebook.com/casaverde/videos/1",
            "buttons": [BUTTON],
        },
        content.MediaCardContent(
            media="video", url="https://www.facebook.com/casaverde/videos/1", buttons=(BREAD,)
        ),
    ),
    (
        {"type": "utility", "template": "order_shipped", "language": "pt_BR", "components": COMPONENTS},
        content.UtilityContent(template="order_shipped", language="pt_BR", components=tuple(COMPONENTS)),
    ),
]


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


@pytest.fixture
async def account(stage: HttpStage) -> str:
    account = await stage.connects()
    await stage.contact_writes("Tem pão?")
    return account


async def send(stage: HttpStage, account: str, message: dict[str, Any], **more: Any) -> httpx.Response:
    body = {"account_id": account, "recipient_id": "7001", "message": message} | more
    async with stage.client() as caller:
        return await caller.post("/api/meta/send-message", json=body)


@pytest.mark.parametrize(("message", "meant"), KINDS, ids=[str(given["type"]) for given, _ in KINDS])
async def test_a_kind_reaches_meta_as_it_was_meant_and_is_shown(
    stage: HttpStage, account: str, message: dict[str, Any], meant: Content
) -> None:
    answer = await send(stage, account, message)
    assert (answer.status_code, answer.json()["type"]) == (201, message["type"]), answer.text
    assert stage.graph.contents == [meant]
    async with stage.client() as caller:
        shown = (await caller.get(f"/api/meta/messages/{account}/7001")).json()["messages"][0]
    assert shown == answer.json()


async def test_what_has_no_field_of_its_own_is_in_the_details(stage: HttpStage, account: str) -> None:
    replies = await send(
        stage, account, {"type": "quick_replies", "text": "Certo?", "quick_replies": [REPLY]}
    )
    assert (replies.json()["text"], replies.json()["details"]) == ("Certo?", {"quick_replies": [REPLY]})
    cards = await send(stage, account, {"type": "cards", "cards": [CARD]})
    assert cards.json()["details"] == {"cards": [CARD]}
    pictures = await send(stage, account, {"type": "images", "items": [{"url": "https://cdn.example/1"}] * 2})
    assert [each["type"] for each in pictures.json()["attachments"]] == ["image", "image"]


@pytest.mark.parametrize(
    "message", [{"type": "post", "post_id": "1790"}, {"type": "sticker", "name": "like_heart"}]
)
async def test_a_kind_of_another_surface_is_422(
    stage: HttpStage, account: str, message: dict[str, Any]
) -> None:
    answer = await send(stage, account, message)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_supported_here")
    assert stage.graph.sent == []


WRONG_SHAPES: list[dict[str, Any]] = [
    {"type": "images", "items": [{}]},
    {"type": "images", "items": [{"url": "https://a.example", "media_id": "b"}]},
    {"type": "sticker"},
    {"type": "sticker", "name": "thumbs_up", "sticker_id": "3"},
    {"type": "sticker", "name": "skull"},
    {"type": "cards", "cards": [{"subtitle": "a"}]},
    {"type": "cards", "cards": {}},
    {"type": "media_card", "media": "audio", "url": "https://www.facebook.com/a"},
    {"type": "media_card", "media": "image"},
    {"type": "products", "product_ids": [1]},
    {"type": "utility", "template": "a"},
    {"type": "utility", "template": "a", "language": "b", "components": [1]},
    {"type": "buttons", "text": "?", "buttons": [{"type": "phone_number", "title": "a", "payload": "1"}]},
]


@pytest.mark.parametrize("message", WRONG_SHAPES)
async def test_a_wrong_shape_is_400(stage: HttpStage, account: str, message: dict[str, Any]) -> None:
    assert (await send(stage, account, message)).status_code == 400


async def test_a_persona_goes_along(stage: HttpStage, account: str) -> None:
    text = {"type": "text", "text": "Sou a Lia"}
    assert (await send(stage, account, text, persona_id="4411")).json()["details"] == {"persona_id": "4411"}
    refused = await send(stage, account, text, persona_id="Lia")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_supported_here")


async def test_the_table_is_told(stage: HttpStage) -> None:
    async with stage.client() as caller:
        told = (await caller.get("/api/meta/capabilities")).json()["surfaces"]
    messenger, instagram, login = told
    assert [each["surface"] for each in told] == [surface.value for surface in CAPABILITIES]
    assert (messenger["text_limit"], messenger["text_unit"]) == (2000, "characters")
    assert (instagram["text_limit"], instagram["text_unit"]) == (1000, "bytes")
    assert {**instagram, "surface": "", "extras": {}} == {**login, "surface": "", "extras": {}}
    assert (instagram["extras"]["reactions"], login["extras"]["reactions"]) == (["love"], None)
    assert set(instagram["sends"]) == CAPABILITIES[Surface.INSTAGRAM].sends
    assert instagram["media"]["file"] == {"max_bytes": 25 * 1024 * 1024, "content_types": ["application/pdf"]}


async def test_the_table_is_for_callers_alone(stage: HttpStage) -> None:
    async with stage.client(anonymous=True) as caller:
        assert (await caller.get("/api/meta/capabilities")).status_code == 401
