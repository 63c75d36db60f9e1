"""Sends that nobody knows of are looked for at Meta, once, and settled when there is no doubt."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.domain.model.account import Account, StatusReason
from meta_inbox.domain.model.content import Button, ButtonsContent, Content, MediaContent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, MessageId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin
from meta_inbox.domain.model.outcome import LOOKS_END
from meta_inbox.domain.model.sending import Claim, Failed, Unknown
from meta_inbox.domain.model.webhook import WebhookItem
from tests.contracts.backstage import Stores
from tests.contracts.commenting import replies, the_comment
from tests.contracts.scene import CASA, OOPS, RUI, Scene, echo

UNKNOWN = Unknown(error=OOPS)
TEN = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)


async def unknown(scene: Scene, account: Account, text: str = "hello", **more: ContactId) -> Message:
    """A send of which nobody knows what became, begun ten seconds ago."""
    claim = await scene.sending(account, text, **more)
    await scene.stores.outbox.settle(claim, UNKNOWN)
    await scene.stores.backstage.age_message(claim.message, TEN)
    return await scene.message(claim.message)


def there(scene: Scene, mid: str = "m-1", text: str | None = "hello", **more: object) -> WebhookItem:
    """What Meta has in the conversation, written a moment ago."""
    return echo(mid, text, **({"sent_at": scene.now - timedelta(seconds=8)} | more))


async def due(stores: Stores, limit: int = 20) -> list[MessageId]:
    """What is to be looked for now, in order."""
    return [doubt.message.id for doubt in await stores.outcomes.claim_due(limit)]


async def test_it_is_looked_for_ten_seconds_after_its_attempt_began(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    await stores.outbox.settle(claim, UNKNOWN)
    assert await due(stores) == []
    await stores.backstage.age_message(claim.message, timedelta(seconds=8))
    assert await due(stores) == []
    await stores.backstage.age_message(claim.message, timedelta(seconds=2))
    (doubt,) = await stores.outcomes.claim_due(10)
    assert (doubt.message, doubt.look) == (await scene.message(claim.message), 1)
    assert doubt.account == await stores.accounts.get(CASA, claim.message.account_id)


async def test_after_a_crash_it_is_looked_for_at_once(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    await stores.backstage.age_message(claim.message, timedelta(seconds=31))
    assert await due(stores) == []
    assert await stores.outbox.expire_leases() == 1
    assert await due(stores) == [claim.message.id]
    settled = await stores.outcomes.settle(
        claim.message, [there(scene, sent_at=scene.now - timedelta(seconds=30))]
    )
    assert (settled.status, settled.meta_message_id) == (MessageStatus.SENT, "m-1")


async def test_several_processes_look_once(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    message = await unknown(scene, account)
    looks = await asyncio.gather(*(due(stores) for _ in range(8)))
    assert [each for look in looks for each in look] == [message.id]
    await stores.backstage.age_message(message, timedelta(seconds=31))
    assert await due(stores) == [message.id], "whoever looked did not come back"


async def test_one_account_does_not_take_the_turns_of_others(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    for n in range(4):
        await unknown(scene, account, contact=ContactId(f"c-{n}"))
    assert [len(await due(stores)) for _ in range(3)] == [2, 2, 0]


async def test_an_account_that_needs_a_login_is_not_asked_for(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    message = await unknown(scene, account)
    await stores.accounts.needs_login(
        CASA, account.id, StatusReason(code="reauth_required", detail="dead"), as_of=account.connected_at
    )
    assert await due(stores) == []
    await scene.connected()
    assert await due(stores) == [message.id]


async def test_it_is_tried_again_for_two_minutes_and_not_longer(scene: Scene, stores: Stores) -> None:
    message = await unknown(scene, await scene.connected())
    (first,) = await stores.outcomes.claim_due(10)
    await stores.outcomes.look_again(first, MINUTE)
    assert await due(stores) == []
    await stores.backstage.age_message(message, MINUTE)
    (second,) = await stores.outcomes.claim_due(10)
    assert second.look == 2
    await stores.outcomes.look_again(first, timedelta(0))
    assert await due(stores) == [], "a stale claim changes nothing"
    await stores.outcomes.look_again(second, LOOKS_END)
    await stores.backstage.age_message(message, timedelta(hours=1))
    assert await due(stores) == []
    assert (await scene.message(message)).status is MessageStatus.UNKNOWN


async def test_a_look_that_was_held_back_was_none(scene: Scene, stores: Stores) -> None:
    message = await unknown(scene, await scene.connected())
    for wait in (timedelta(minutes=5), timedelta(minutes=20)):
        (doubt,) = await stores.outcomes.claim_due(10)
        await stores.outcomes.look_again(doubt, wait, held_back=True)
        await stores.backstage.age_message(message, wait - timedelta(seconds=5))
        assert await due(stores) == []
        await stores.backstage.age_message(message, timedelta(seconds=5))
    (doubt,) = await stores.outcomes.claim_due(10)
    await stores.outcomes.look_again(doubt, MINUTE)
    await stores.backstage.age_message(message, MINUTE)
    (doubt,) = await stores.outcomes.claim_due(10)
    await stores.outcomes.look_again(doubt, timedelta(minutes=35), held_back=True)
    await stores.backstage.age_message(message, timedelta(hours=1))
    assert await due(stores) == [], "after an hour it is left to people"


async def test_what_was_looked_for_in_vain_is_left_to_people(scene: Scene, stores: Stores) -> None:
    message = await unknown(scene, await scene.connected())
    (doubt,) = await stores.outcomes.claim_due(10)
    told = await scene.told()
    assert await stores.outcomes.settle(message, []) == message
    await stores.outcomes.look_again(doubt, None)
    await stores.backstage.age_message(message, timedelta(hours=1))
    assert await due(stores) == []
    assert await scene.told() == told


async def test_what_is_found_is_sent_and_told(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    message = await unknown(scene, account)
    item = there(scene)
    settled = await stores.outcomes.settle(message, [there(scene, "m-0", "something else"), item])
    assert settled == await scene.message(message)
    assert (settled.status, settled.meta_message_id, settled.error, settled.sent_at) == (
        MessageStatus.SENT,
        "m-1",
        None,
        item.sent_at,
    )
    assert (await scene.told())[-1] == (EventType.MESSAGE_UPDATED, message.id)
    assert await due(stores) == []
    assert await stores.outcomes.content_of(CASA, message.id) is None
    assert await stores.outcomes.settle(message, [item, there(scene, "m-2")]) == settled


async def test_its_echo_then_changes_nothing(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    message = await unknown(scene, account)
    settled = await stores.outcomes.settle(message, [there(scene)])
    await scene.happens(echo("m-1", sent_at=settled.sent_at), echo("m-1", client_token=message.id))
    assert list(await scene.messages(account)) == [settled]


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
async def test_images_and_buttons_are_found_too(
    scene: Scene, stores: Stores, content: Content, shown: dict[str, Any]
) -> None:
    message = await scene.answers(await scene.connected(), content=content)
    (claim,) = await stores.outbox.claim_due(10)
    await stores.outbox.settle(claim, UNKNOWN)
    await stores.outcomes.settle(message, [there(scene, sent_at=scene.now, **shown)])
    assert (await scene.message(message)).status is MessageStatus.SENT


async def test_two_at_meta_are_one_too_many(scene: Scene, stores: Stores) -> None:
    message = await unknown(scene, await scene.connected())
    found = [there(scene, "m-1"), there(scene, "m-2")]
    assert (await stores.outcomes.settle(message, found)).status is MessageStatus.UNKNOWN


async def test_one_that_is_here_already_is_not_another(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(echo("m-1", sent_at=scene.now))
    message = await unknown(scene, account)
    found = [there(scene, "m-1")]
    assert (await stores.outcomes.settle(message, found)).status is MessageStatus.UNKNOWN
    found.append(there(scene, "m-2"))
    assert (await stores.outcomes.settle(message, found)).meta_message_id == "m-2"


async def test_two_here_that_it_could_be_are_both_left_alone(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    first = await unknown(scene, account)
    await stores.backstage.age_message(first, timedelta(seconds=21))
    second = await unknown(scene, account)
    for message in (first, second):
        assert (await stores.outcomes.settle(message, [there(scene)])).status is MessageStatus.UNKNOWN


async def test_one_that_is_being_sent_could_be_it(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    message = await unknown(scene, account)
    await stores.backstage.age_message(message, timedelta(seconds=21))
    claim = await scene.sending(account)
    assert (await stores.outcomes.settle(message, [there(scene)])).status is MessageStatus.UNKNOWN
    await stores.outbox.settle(claim, Failed(error=OOPS))
    assert (await stores.outcomes.settle(message, [there(scene)])).status is MessageStatus.SENT


@pytest.mark.parametrize("off", [timedelta(minutes=-2), timedelta(minutes=11)])
async def test_one_of_another_time_is_not_it(scene: Scene, stores: Stores, off: timedelta) -> None:
    message = await unknown(scene, await scene.connected())
    assert message.attempted_at is not None
    found = [there(scene, sent_at=message.attempted_at + off)]
    assert (await stores.outcomes.settle(message, found)).status is MessageStatus.UNKNOWN


async def test_one_that_waited_long_is_found_by_when_it_was_tried(scene: Scene, stores: Stores) -> None:
    queued = await scene.answers(await scene.connected())
    await stores.backstage.age_message(queued, timedelta(hours=2))
    claim = await stores.outbox.claim(CASA, queued.id)
    assert claim is not None
    await stores.outbox.settle(claim, UNKNOWN)
    found = [there(scene, sent_at=scene.now)]
    assert (await stores.outcomes.settle(queued, found)).status is MessageStatus.SENT


async def test_one_to_another_contact_is_not_it(scene: Scene, stores: Stores) -> None:
    message = await unknown(scene, await scene.connected())
    found = [there(scene, contact_id=RUI)]
    assert (await stores.outcomes.settle(message, found)).status is MessageStatus.UNKNOWN


async def test_answers_to_comments_are_settled_by_their_echo_alone(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    comment = await the_comment(scene, account)
    reply = await replies(scene, comment, "private")
    (claim,) = await stores.outbox.claim_due(10)
    await stores.outbox.settle(claim, UNKNOWN)
    found = [there(scene, text=reply.text, sent_at=scene.now)]
    assert (await stores.outcomes.settle(reply, found)).status is MessageStatus.UNKNOWN
    direct = await scene.sending(account, reply.text or "")
    await stores.outbox.settle(direct, UNKNOWN)
    settled = await stores.outcomes.settle(direct.message, found)
    assert settled.status is MessageStatus.UNKNOWN, "it could be the answer to the comment"


async def test_when_the_echo_comes_at_the_same_moment_one_message_remains(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    for n in range(6):
        contact = ContactId(f"c-{n}")
        message = await unknown(scene, account, contact=contact)
        item = there(scene, f"m-{n}", contact_id=contact)
        await asyncio.gather(scene.happens(item), stores.outcomes.settle(message, [item]))
        await scene.settle_down()
        (only,) = await scene.messages(account, contact)
        assert (only.id, only.status, only.origin) == (message.id, MessageStatus.SENT, Origin.AGENT)


async def test_a_late_word_from_whoever_sent_it_changes_nothing(scene: Scene, stores: Stores) -> None:
    claim: Claim = await scene.sending(await scene.connected())
    await stores.backstage.age_message(claim.message, timedelta(seconds=31))
    await stores.outbox.expire_leases()
    settled = await stores.outcomes.settle(
        claim.message, [there(scene, sent_at=scene.now - timedelta(seconds=30))]
    )
    assert await stores.outbox.settle(claim, Failed(error=OOPS)) == settled
