"""Echoes without a token, as Instagram may send them: one candidate, or the answer itself, decides."""

from datetime import timedelta

import pytest

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.content import Button, ButtonsContent, Content, MediaContent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin
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


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (MediaContent(url="https://shop.example/1.jpg"), {"type": "image", "text": None}),
        (
            ButtonsContent(text="Which?", buttons=(Button(type="postback", title="A", payload="A"),)),
            {"type": "template", "text": "Which?"},
        ),
    ],
)
async def test_images_and_buttons_are_recognised_too(
    scene: Scene, stores: Stores, content: Content, shown: dict[str, str | None]
) -> None:
    account = await scene.connected()
    message = await scene.answers(account, content=content)
    (claim,) = await stores.outbox.claim_due(10)
    await stores.outbox.settle(claim, UNKNOWN)
    item = echo("m-1", **shown)
    await scene.happens(item)
    assert (await scene.message(message)).status is MessageStatus.SENT


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
