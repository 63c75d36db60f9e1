"""Every kind of answer as Meta takes it, and what its echo shows, in process and over HTTP alike."""

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.domain.model.content import (
    Button,
    ButtonsContent,
    Card,
    CardsContent,
    Content,
    ImagesContent,
    MediaCardContent,
    MediaContent,
    MediaPart,
    PostContent,
    ProductsContent,
    QuickRepliesContent,
    QuickReply,
    StickerContent,
    TextContent,
    UtilityContent,
)
from meta_inbox.domain.model.echo_shapes import looks_like
from meta_inbox.domain.model.ids import AccountId, ContactId, TenantId, UserId
from meta_inbox.domain.model.message import Message, Origin
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Failed, Sent
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from tests.contracts.meta_stage import BY_PAGE, CASA_VERDE, CASAVERDE, Stage, account, opened

BUTTON = Button(type="postback", title="Sim", payload="YES")
SITE = Button(type="web_url", title="Loja", url="https://shop.example")
PICTURE = MediaPart(url="https://cdn.example/1.jpg")
EVERYWHERE: dict[str, Content] = {
    "text": TextContent(text="Oi"),
    "image": MediaContent(url="https://cdn.example/a.jpg"),
    "video": MediaContent(url="https://cdn.example/a.mp4", type="video"),
    "audio": MediaContent(url="https://cdn.example/a.m4a", type="audio"),
    "file": MediaContent(url="https://cdn.example/a.pdf", type="file"),
    "images": ImagesContent(items=(PICTURE, replace(PICTURE, url="https://cdn.example/2.jpg"))),
    "quick_replies": QuickRepliesContent(
        text="Certo?", quick_replies=(QuickReply(title="Sim", payload="YES"),)
    ),
    "buttons": ButtonsContent(text="Qual?", buttons=(BUTTON, SITE)),
    "cards": CardsContent(
        cards=(
            Card(title="Bolo", subtitle="de fubá", image_url="https://cdn.example/b.jpg", buttons=(BUTTON,)),
            Card(title="Pão", subtitle="de queijo"),
        )
    ),
    "products": ProductsContent(product_ids=("5512", "5513")),
}
MESSENGER: dict[str, Content] = EVERYWHERE | {
    "sticker": StickerContent(name="thumbs_up"),
    "another sticker": StickerContent(sticker_id="144885145685735"),
    "media_card": MediaCardContent(media="video", url="https://www.facebook.com/watch/1", buttons=(SITE,)),
    "utility": UtilityContent(
        template="order_shipped", language="pt_BR", components=({"type": "body", "parameters": []},)
    ),
}
INSTAGRAM: dict[str, Content] = EVERYWHERE | {
    "sticker": StickerContent(name="like_heart"),
    "post": PostContent(post_id="17900000000000002"),
}
EACH = [(CASA_VERDE, name) for name in MESSENGER] + [(CASAVERDE, name) for name in INSTAGRAM]


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


def kind_of(external_id: str, name: str) -> Content:
    return (INSTAGRAM if external_id == CASAVERDE else MESSENGER)[name]


async def token_of(stage: Stage) -> Secret:
    """The token of the Page, whose webhooks come."""
    token = await stage.page_token()
    await stage.api.subscribe(BY_PAGE, token)
    return token


def echo_of(stage: Stage) -> tuple[dict[str, Any], WebhookItem]:
    """The latest webhook, which is an echo: as Meta writes it, and as it is read."""
    last = stage.world.webhooks.last
    assert last is not None
    (item,) = MsgspecWebhookReader().read(last.body).items
    assert item.kind is ItemKind.ECHO
    return json.loads(last.body)["entry"][0]["messaging"][0]["message"], item


def own(contact: str, content: Content) -> Message:
    return Message.queued(
        ids=("m-1", *"abcdefghij"),
        tenant=TenantId("t1"),
        account=AccountId("acc"),
        contact=ContactId(contact),
        content=content,
        human_agent=False,
        reply_to=None,
        origin=Origin.AGENT,
        sent_by=UserId("u1"),
        now=datetime.now(UTC),
    )


@pytest.mark.parametrize(("external_id", "name"), EACH)
async def test_each_kind_arrives_and_its_echo_is_recognised(
    stage: Stage, external_id: str, name: str
) -> None:
    token, content = await token_of(stage), kind_of(external_id, name)
    contact = stage.contact(external_id)
    outcome = await stage.send(token, contact, content)
    assert isinstance(outcome, Sent), outcome
    (sent,) = stage.world.ledger
    assert (sent.mid, sent.recipient_id) == (outcome.meta_message_id, contact.id)
    _, item = echo_of(stage)
    assert (item.meta_message_id, item.contact_id) == (outcome.meta_message_id, contact.id)
    assert looks_like(own(contact.id, content), item), item
    others = {key: other for key, other in MESSENGER.items() if key not in (name, "utility")}
    alike = {key for key, other in others.items() if looks_like(own(contact.id, other), item)}
    assert alike <= {"sticker", "another sticker", "image", "images"}, alike


@pytest.mark.parametrize(
    ("external_id", "name", "shown"),
    [
        (CASA_VERDE, "quick_replies", {"text": "Certo?"}),
        (CASAVERDE, "image", {"attachments": [{"type": "image", "payload": {"url": PICTURE.url}}]}),
        (
            CASA_VERDE,
            "products",
            {
                "attachments": [
                    {
                        "type": "template",
                        "payload": {
                            "template_type": "product",
                            "elements": [{"id": "5512"}, {"id": "5513"}],
                        },
                    }
                ]
            },
        ),
        (CASAVERDE, "sticker", {"attachments": [{"type": "like_heart"}]}),
        (
            CASAVERDE,
            "post",
            {
                "attachments": [
                    {
                        "type": "ig_post",
                        "payload": {
                            "url": "https://www.instagram.com/p/17900000000000002/",
                            "ig_post_media_id": "17900000000000002",
                        },
                    }
                ]
            },
        ),
    ],
)
async def test_an_echo_shows_what_the_contact_sees(
    stage: Stage, external_id: str, name: str, shown: dict[str, Any]
) -> None:
    content = kind_of(external_id, name)
    if isinstance(content, MediaContent):
        content = replace(content, url=PICTURE.url)
    await stage.send(await token_of(stage), stage.contact(external_id), content)
    message, _ = echo_of(stage)
    assert {key: message[key] for key in ("text", "attachments") if key in message} == shown


@pytest.mark.parametrize("name", [name for name in MESSENGER if name not in INSTAGRAM])
async def test_what_instagram_does_not_have_it_refuses(stage: Stage, name: str) -> None:
    outcome = await stage.send(await stage.page_token(), stage.contact(CASAVERDE), MESSENGER[name])
    assert isinstance(outcome, Failed)
    assert outcome.error.meta_code == 100
    assert stage.world.ledger == ()


async def test_messenger_has_no_posts_of_instagram(stage: Stage) -> None:
    outcome = await stage.send(await stage.page_token(), stage.contact(), INSTAGRAM["post"])
    assert isinstance(outcome, Failed)
    assert (outcome.error.meta_code, outcome.error.meta_subcode) == (100, 2018014)


async def test_a_utility_template_goes_when_the_window_is_closed(stage: Stage) -> None:
    token = await stage.page_token()
    silent = stage.contact(wrote=False)
    assert isinstance(await stage.send(token, silent), Failed)
    assert isinstance(await stage.send(token, silent, MESSENGER["utility"]), Sent)
    stage.world.advance(timedelta(days=30))
    assert isinstance(await stage.send(token, silent, MESSENGER["utility"]), Sent)
    assert [sent.message["template"]["name"] for sent in stage.world.ledger] == ["order_shipped"] * 2


async def test_a_persona_writes_on_messenger_alone(stage: Stage) -> None:
    token = await stage.page_token()
    for external_id, wanted in ((CASA_VERDE, Sent), (CASAVERDE, Failed)):
        contact = stage.contact(external_id)
        message = replace(own(contact.id, TextContent(text="Oi")), details={"persona_id": "4711"})
        outcome = await stage.api.send(account(external_id), token, message, TextContent(text="Oi"), None)
        assert isinstance(outcome, wanted), outcome
    assert [sent.persona_id for sent in stage.world.ledger] == ["4711"]


@pytest.mark.parametrize("external_id", [CASA_VERDE, CASAVERDE])
async def test_every_kind_may_answer_a_message(stage: Stage, external_id: str) -> None:
    token, contact = await token_of(stage), stage.contact(external_id)
    asked = stage.world.contacts.write(contact.id, "Quando?")
    await stage.send(token, contact, EVERYWHERE["cards"], reply_to=asked)
    _, item = echo_of(stage)
    assert item.reply_to == asked
