"""Echoes of our own sends: they meet Meta's answer in either order, and one message remains."""

from datetime import timedelta
from itertools import permutations

import pytest

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import (
    Message,
    MessageStatus,
    Origin,
)
from meta_inbox.domain.model.sending import Claim, Failed, NeedsLogin, Sent, Unknown
from meta_inbox.domain.model.webhook import WebhookItem
from tests.contracts.backstage import Stores
from tests.contracts.scene import OOPS, RUI, Scene, echo, untimed, wrote

SENT = Sent(meta_message_id=MetaMessageId("m-1"))
UNKNOWN = Unknown(error=OOPS)
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


async def test_the_answer_then_the_echo(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    settled = await stores.outbox.settle(claim, SENT)
    await scene.happens(of(claim.message))
    assert untimed(await only(scene, account)) == settled
    assert await scene.told() == [(CREATED, settled.id), (UPDATED, settled.id)]


async def test_the_echo_then_the_answer(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await scene.happens(of(claim.message))
    echoed = await only(scene, account)
    assert (echoed.id, echoed.status, echoed.meta_message_id) == (
        claim.message.id,
        MessageStatus.SENT,
        "m-1",
    )
    assert await stores.outbox.settle(claim, SENT) == echoed
    assert await scene.told() == [(CREATED, echoed.id), (UPDATED, echoed.id)]


@pytest.mark.parametrize("outcome", [UNKNOWN, Failed(error=OOPS), NeedsLogin(error=OOPS)])
async def test_when_the_echo_came_first_its_word_stands(
    scene: Scene, stores: Stores, outcome: Unknown | Failed | NeedsLogin
) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await scene.happens(of(claim.message))
    assert (await stores.outbox.settle(claim, outcome)).status is MessageStatus.SENT
    assert (await only(scene, account)).status is MessageStatus.SENT


async def test_an_echo_keeps_the_place_the_unread_count_and_the_window(scene: Scene) -> None:
    account, now = await scene.connected(), scene.now
    await scene.happens(wrote("m-0", sent_at=now - timedelta(minutes=1)))
    claim = await scene.sending(account)
    await scene.happens(wrote("m-2", sent_at=now + timedelta(seconds=2)))
    before = await scene.conversation(account)
    await scene.happens(echo("m-1", client_token=claim.message.id, sent_at=now + timedelta(minutes=1)))
    after = await scene.conversation(account)
    assert (after.unread_count, after.opened_at, after.last_message_at) == (
        before.unread_count,
        before.opened_at,
        before.last_message_at,
    )
    assert (await scene.message(claim.message)).ordered_at == claim.message.created_at


@pytest.mark.parametrize("order", list(permutations(("answer", "echo", "echo", "expiry"))))
async def test_in_every_order_one_message_is_sent(
    scene: Scene, stores: Stores, order: tuple[str, ...]
) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await stores.backstage.age_message(claim.message, timedelta(seconds=31))
    for step in order:
        if step == "answer":
            await stores.outbox.settle(claim, SENT)
        elif step == "echo":
            await scene.happens(of(claim.message))
        else:
            await stores.outbox.expire_leases()
    message = await only(scene, account)
    assert (message.id, message.status, message.meta_message_id, message.error) == (
        claim.message.id,
        MessageStatus.SENT,
        "m-1",
        None,
    )
    assert await stores.outbox.claim_due(10) == []


async def test_a_token_settles_an_unknown_one(scene: Scene) -> None:
    account = await scene.connected()
    claim = await unknown(scene, account)
    await scene.happens(of(claim.message))
    message = await only(scene, account)
    assert (message.status, message.error) == (MessageStatus.SENT, None)


async def test_a_token_settles_one_that_was_put_back_and_it_is_not_sent_again(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await stores.outbox.settle(claim, NeedsLogin(error=OOPS))
    await scene.happens(of(claim.message))
    assert (await only(scene, account)).status is MessageStatus.SENT
    assert await stores.outbox.claim_due(10) == []


@pytest.mark.parametrize("token", ["not-an-id", "0198a6a0-0000-7000-8000-000000000000", "", "x" * 1000])
async def test_a_foreign_token_is_somebody_elses_message(scene: Scene, token: str) -> None:
    account = await scene.connected()
    claim = await unknown(scene, account)
    await scene.happens(echo("m-1", client_token=token, app_id="77"))
    messages = await scene.messages(account)
    assert {message.origin for message in messages} == {Origin.AGENT, Origin.OTHER_APP}
    assert (await scene.message(claim.message)).status is MessageStatus.UNKNOWN


async def test_a_token_of_another_conversation_settles_nothing(scene: Scene) -> None:
    account = await scene.connected()
    claim = await unknown(scene, account)
    await scene.happens(echo("m-1", client_token=claim.message.id, contact_id=RUI))
    assert (await scene.message(claim.message)).status is MessageStatus.UNKNOWN
    assert len(await scene.messages(account, RUI)) == 1
