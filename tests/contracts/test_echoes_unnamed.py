"""Echoes without a token, as Instagram may send them: one candidate, or the answer itself, decides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.domain.model.account import Account
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
    UtilityContent,
)
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Attachment, Message, MessageStatus, Origin
from meta_inbox.domain.model.sending import Claim, Sent, Unknown
from meta_inbox.domain.model.webhook import WebhookItem
from tests.contracts.backstage import Stores
from tests.contracts.scene import OOPS, Scene, echo, untimed, wrote

SENT = Sent(meta_message_id=MetaMessageId("m-1"))
UNKNOWN = Unknown(error=OOPS)
STEP = timedelta(seconds=3)
CREATED, UPDATED = EventType.MESSAGE_CREATED, EventType.MESSAGE_UPDATED


def of(message: Message) -> WebhookItem:
    """The echo of this message, with the token that Messenger brings back."""
    return echo("m-1", message.text or "", client_token=message.id)


async def only(scene: Scene, account: Account) -> Message:
    """The one message of the conversation."""
    (message,) = await scene.messages(account)
    return message


async def unknown(scene: Scene, account: Account, text: str = "hello") -> Claim:
    """A send of which nobody knows what became."""
    claim = await scene.sending(account, text)
    await scene.stores.outbox.settle(claim, UNKNOWN)
    await scene.stores.backstage.age_message(claim.message, timedelta(seconds=31))
    return claim


async def test_the_answers_id_is_enough(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    settled = await stores.outbox.settle(await scene.sending(account), SENT)
    await scene.happens(echo("m-1"))
    assert untimed(await only(scene, account)) == settled


async def test_it_settles_the_one_unknown_message_of_the_same_text(scene: Scene) -> None:
    account = await scene.connected()
    await unknown(scene, account, "something else")
    claim = await unknown(scene, account, "hello")
    await scene.happens(echo("m-1", "hello"))
    settled = await scene.message(claim.message)
    assert (settled.status, settled.meta_message_id) == (MessageStatus.SENT, "m-1")
    assert len(await scene.messages(account)) == 2


BUTTON = Button(type="postback", title="A", payload="A")
PICTURE = MediaPart(url="https://shop.example/1.jpg")
ECHOED = Attachment(id="", type="image", source_url="https://scontent.xx.fbcdn.net/1.jpg")
YES = QuickReply(title="Yes", payload="YES")
PAIR = (PICTURE, replace(PICTURE, url="https://shop.example/2.jpg"))
KINDS: dict[str, tuple[Content, dict[str, Any]]] = {
    "image": (MediaContent(url="https://shop.example/1.jpg"), {"type": "image", "attachments": (ECHOED,)}),
    "video": (MediaContent(url="https://shop.example/1.mp4", type="video"), {"type": "video"}),
    "audio": (MediaContent(url="https://shop.example/1.m4a", type="audio"), {"type": "audio"}),
    "file": (MediaContent(url="https://shop.example/1.pdf", type="file"), {"type": "file"}),
    "images": (
        ImagesContent(items=PAIR),
        {"type": "image", "attachments": (ECHOED, replace(ECHOED, source_url="https://x.fbcdn.net/2"))},
    ),
    "the same picture twice": (
        ImagesContent(items=(PICTURE, PICTURE)),
        {"type": "image", "attachments": (ECHOED,)},
    ),
    "quick_replies": (
        QuickRepliesContent(text="Right?", quick_replies=(YES,)),
        {"type": "text", "text": "Right?"},
    ),
    "buttons": (ButtonsContent(text="Which?", buttons=(BUTTON,)), {"type": "template", "text": "Which?"}),
    "buttons without words": (ButtonsContent(text="Which?", buttons=(BUTTON,)), {"type": "template"}),
    "cards": (
        CardsContent(cards=(Card(title="A", subtitle="B"),)),
        {"type": "template", "details": {"template_type": "generic"}},
    ),
    "products": (
        ProductsContent(product_ids=("5512",)),
        {"type": "template", "details": {"template_type": "product"}},
    ),
    "media_card": (
        MediaCardContent(media="image", url="https://www.facebook.com/1"),
        {"type": "template", "details": {"template_type": "media"}},
    ),
    "utility": (UtilityContent(template="shipped", language="en"), {"type": "template"}),
    "sticker": (StickerContent(name="like_heart"), {"type": "sticker"}),
    "post": (PostContent(post_id="17900"), {"type": "share"}),
}


async def echoed(scene: Scene, content: Content, shown: dict[str, Any]) -> MessageStatus:
    """What an unknown send of this content is, after such an echo."""
    account = await scene.connected()
    message = await scene.answers(account, content=content)
    (claim,) = await scene.stores.outbox.claim_due(10)
    await scene.stores.outbox.settle(claim, UNKNOWN)
    await scene.happens(echo("m-1", **({"text": None} | shown)))
    return (await scene.message(message)).status


@pytest.mark.parametrize(("content", "shown"), KINDS.values(), ids=KINDS.keys())
async def test_every_kind_is_recognised(scene: Scene, content: Content, shown: dict[str, Any]) -> None:
    assert await echoed(scene, content, shown) is MessageStatus.SENT


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("image", {"type": "video"}),
        ("image", {"type": "image", "attachments": (ECHOED, ECHOED)}),
        ("image", {"type": "image", "text": "a caption"}),
        ("quick_replies", {"type": "text", "text": "Wrong?"}),
        ("buttons", {"type": "template", "text": "What?"}),
        ("cards", {"type": "template", "details": {"template_type": "product"}}),
        ("products", {"type": "template", "details": {"template_type": "generic"}}),
        ("media_card", {"type": "image"}),
        ("sticker", {"type": "image"}),
        ("post", {"type": "text", "text": "https://www.instagram.com/p/1"}),
    ],
)
async def test_what_looks_otherwise_is_of_somebody_else(
    scene: Scene, kind: str, shown: dict[str, Any]
) -> None:
    assert await echoed(scene, KINDS[kind][0], shown) is MessageStatus.UNKNOWN


async def test_two_that_it_could_be_are_both_left_alone(scene: Scene) -> None:
    account = await scene.connected()
    await unknown(scene, account, "hello")
    await unknown(scene, account, "hello")
    await scene.happens(echo("m-1", "hello"))
    statuses = sorted(message.status for message in await scene.messages(account))
    assert statuses == [MessageStatus.SENT, MessageStatus.UNKNOWN, MessageStatus.UNKNOWN]


async def test_one_from_long_before_is_left_alone(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await unknown(scene, account)
    await stores.backstage.age_message(claim.message, timedelta(minutes=11))
    await scene.happens(echo("m-1"))
    assert (await scene.message(claim.message)).status is MessageStatus.UNKNOWN
    assert len(await scene.messages(account)) == 2


async def test_it_waits_for_a_send_that_is_under_way(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await scene.happens(echo("m-1"))
    assert (await only(scene, account)).status is MessageStatus.SENDING
    settled = await stores.outbox.settle(claim, SENT)
    await stores.backstage.age_items(STEP)
    assert await scene.settle_down() == 1
    assert untimed(await only(scene, account)) == settled
    assert await stores.backstage.items() == []


async def test_it_waits_however_often_it_is_asked(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await scene.happens(echo("m-1"))
    for _ in range(10):
        await stores.backstage.age_items(STEP)
        assert await scene.settle_down() == 1
    assert [item.state for item in await stores.backstage.items()] == ["pending"]
    await stores.outbox.settle(claim, UNKNOWN)
    await stores.backstage.age_items(STEP)
    await scene.settle_down()
    message = await only(scene, account)
    assert (message.id, message.status) == (claim.message.id, MessageStatus.SENT)


async def test_it_does_not_hold_up_what_comes_with_it(scene: Scene) -> None:
    account = await scene.connected()
    await scene.sending(account)
    await scene.happens(echo("m-1"), wrote("m-2"))
    assert "m-2" in {message.meta_message_id for message in await scene.messages(account)}


async def test_after_three_quarters_of_a_minute_it_is_taken_for_somebody_elses(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    await scene.sending(account)
    await scene.happens(echo("m-1"))
    await stores.backstage.age_items(timedelta(minutes=1))
    await scene.settle_down()
    origins = {message.origin for message in await scene.messages(account)}
    assert origins == {Origin.AGENT, Origin.NATIVE_APP}


async def test_an_answer_that_comes_later_still_takes_that_message_in(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await scene.happens(echo("m-1", sent_at=scene.now + timedelta(seconds=10)))
    await stores.backstage.age_items(timedelta(minutes=1))
    await scene.settle_down()
    settled = await stores.outbox.settle(claim, SENT)
    assert await only(scene, account) == settled
    assert (settled.id, settled.status, settled.meta_message_id) == (
        claim.message.id,
        MessageStatus.SENT,
        "m-1",
    )
    conversation = await scene.conversation(account)
    assert conversation.last_message == settled
    assert conversation.last_message_at == settled.created_at
    assert (await scene.told())[-1] == (UPDATED, settled.id)


async def test_a_reply_to_that_message_then_names_ours(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await scene.happens(echo("m-1"))
    await stores.backstage.age_items(timedelta(minutes=1))
    await scene.settle_down()
    reply = wrote("m-2", reply_to=MetaMessageId("m-1"), sent_at=scene.now + timedelta(minutes=1))
    await scene.happens(reply)
    await stores.outbox.settle(claim, SENT)
    answer, own = await scene.messages(account)
    assert own.id == claim.message.id
    assert answer.reply_to is not None
    assert answer.reply_to.id == own.id


async def test_a_late_token_takes_that_message_in_too(scene: Scene) -> None:
    account = await scene.connected()
    first = await unknown(scene, account)
    await unknown(scene, account)
    await scene.happens(echo("m-1"))
    assert len(await scene.messages(account)) == 3
    await scene.happens(of(first.message))
    assert len(await scene.messages(account)) == 2
    assert (await scene.message(first.message)).meta_message_id == "m-1"


async def test_waiting_is_not_counted_as_failing(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.sending(account)
    await scene.happens(echo("m-1"))
    for _ in range(6):
        await stores.backstage.age_items(STEP)
        await scene.settle_down()
    await stores.backstage.break_projection(MetaMessageId("m-1"))
    await stores.backstage.age_items(timedelta(minutes=1))
    assert await scene.settle_down() == 1
    assert [item.state for item in await stores.backstage.items()] == ["pending"]


async def test_metas_answer_is_worth_more_than_a_guess(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    guessed = await unknown(scene, account)
    await scene.happens(echo("m-1"))
    assert (await scene.message(guessed.message)).meta_message_id == "m-1"
    claim = await scene.sending(account)
    settled = await stores.outbox.settle(claim, SENT)
    assert (settled.status, settled.meta_message_id) == (MessageStatus.SENT, "m-1")
    doubtful = await scene.message(guessed.message)
    assert (doubtful.status, doubtful.meta_message_id) == (MessageStatus.UNKNOWN, None)
