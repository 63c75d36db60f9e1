"""Messages in parts: sent in order, each once, and seen as one message."""

import asyncio
from datetime import timedelta

import pytest

from meta_inbox.domain.errors import InFlight
from meta_inbox.domain.model.changes import Unsent
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.message import MessageStatus, ReplyTo
from meta_inbox.domain.model.projection import GIVEN_UP
from meta_inbox.domain.model.sending import Failed, Later, NeedsLogin, Once, Unknown
from tests.contracts.backstage import Stores
from tests.contracts.parts import TEXT, aged, part, put, sending, sent, settled, states
from tests.contracts.scene import CASA, OOPS, RIVAL, Scene, says, wrote

CREATED, UPDATED = EventType.MESSAGE_CREATED, EventType.MESSAGE_UPDATED
QUEUED, SENDING, UNKNOWN, FAILED, SENT = (
    MessageStatus.QUEUED,
    MessageStatus.SENDING,
    MessageStatus.UNKNOWN,
    MessageStatus.FAILED,
    MessageStatus.SENT,
)
ONCE = Once(key="order-17", fingerprint=b"\x01" * 32)


async def test_what_is_put_is_seen_as_one_message(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-a"))
    whole = await put(scene, account)
    assert whole.text == TEXT
    assert await scene.message(whole) == whole
    assert (await scene.messages(account))[0] == whole
    assert len(await scene.messages(account)) == 2
    conversation = await scene.conversation(account)
    assert conversation.last_message == whole
    assert (conversation.last_message_at, conversation.unread_count) == (whole.created_at, 0)
    assert [event for event in await scene.told() if event[0] is CREATED][1:] == [(CREATED, whole.id)]


async def test_a_part_is_shown_as_the_whole(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    whole = await put(scene, account)
    found = await stores.conversations.message(CASA, account.id, whole.contact_id, part(whole, 1))
    assert found == whole


async def test_the_parts_go_in_their_order_and_never_the_whole(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    whole = await put(scene, account)
    next_one = await scene.answers(account, "next")
    assert await stores.outbox.claim(CASA, whole.id) is None
    assert await stores.outbox.claim(CASA, part(whole, 1)) is None
    gone: list[object] = []
    for index in range(3):
        (claim,) = await stores.outbox.claim_due(10)
        gone.append(claim.content)
        assert (claim.message.id, claim.message.human_agent) == (part(whole, index), True)
        assert (await scene.message(whole)).status is SENDING
        await stores.outbox.settle(claim, sent(index))
    assert gone == [TextContent(text="one"), TextContent(text="two"), TextContent(text="three")]
    (claim,) = await stores.outbox.claim_due(10)
    assert claim.message.id == next_one.id


async def test_what_became_of_the_parts_is_seen_and_told_of_the_whole(scene: Scene) -> None:
    account = await scene.connected()
    whole = await put(scene, account)
    await settled(scene, whole, 0)
    seen = await scene.message(whole)
    assert (seen.status, seen.meta_message_id, states(seen)) == (QUEUED, "m-0", [SENT, QUEUED, QUEUED])
    assert [each.meta_message_id for each in seen.parts] == ["m-0", None, None]
    for index in (1, 2):
        await settled(scene, whole, index)
    seen = await scene.message(whole)
    assert (seen.status, seen.error, seen.text, seen.sent_at) == (SENT, None, TEXT, seen.parts[0].sent_at)
    assert (await scene.messages(account))[0] == seen
    assert (await scene.conversation(account)).last_message == seen
    assert await scene.told() == [(CREATED, whole.id)] + 3 * [(UPDATED, whole.id)]


async def test_a_part_is_claimed_once(scene: Scene, stores: Stores) -> None:
    whole = await put(scene, await scene.connected())
    claims = await asyncio.gather(*(stores.outbox.claim(CASA, part(whole, 0)) for _ in range(20)))
    assert len([claim for claim in claims if claim is not None]) == 1
    assert await stores.outbox.claim(RIVAL, part(whole, 0)) is None


async def test_the_first_part_alone_answers_another(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-a"))
    (asked,) = await scene.messages(account)
    whole = await put(scene, account, reply_to=ReplyTo(id=asked.id, meta_message_id=asked.meta_message_id))
    answered: list[str | None] = []
    for index in range(3):
        claim = await sending(scene, whole, index)
        answered.append(claim.reply_to)
        await stores.outbox.settle(claim, sent(index))
    assert answered == ["m-a", None, None]
    assert (await scene.message(whole)).reply_to == whole.reply_to


async def test_parts_behind_one_that_failed_are_never_sent(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    whole = await put(scene, account)
    await settled(scene, whole, 0)
    events = len(await scene.told())
    failed = await settled(scene, whole, 1, Failed(error=OOPS))
    assert failed.id == part(whole, 1)
    seen = await scene.message(whole)
    assert (seen.status, seen.error, states(seen)) == (FAILED, OOPS, [SENT, FAILED, FAILED])
    assert [each.error.code if each.error else None for each in seen.parts] == [
        None,
        OOPS.code,
        "part_not_sent",
    ]
    assert (await scene.told())[events:] == [(UPDATED, whole.id)]
    await aged(scene, whole, timedelta(hours=1))
    assert await stores.outbox.claim(CASA, part(whole, 2)) is None
    assert await stores.outbox.claim_due(10) == []


async def test_a_failure_does_not_touch_other_messages(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    whole, other = await put(scene, account), await put(scene, account)
    alone = await scene.answers(account)
    await settled(scene, whole, 0, Failed(error=OOPS))
    assert states(await scene.message(other)) == [QUEUED] * 3
    assert (await scene.message(alone)).status is QUEUED
    (claim,) = await stores.outbox.claim_due(10)
    assert claim.message.id == part(other, 0)


@pytest.mark.parametrize("outcome", [Later(error=OOPS, after=timedelta(minutes=1)), NeedsLogin(error=OOPS)])
async def test_a_part_that_goes_later_holds_the_others_up(
    scene: Scene, stores: Stores, outcome: Later | NeedsLogin
) -> None:
    whole = await put(scene, await scene.connected())
    first = await settled(scene, whole, 0, outcome)
    seen = await scene.message(whole)
    assert (seen.status, seen.error, seen.next_attempt_at) == (QUEUED, OOPS, first.next_attempt_at)
    assert await stores.outbox.claim(CASA, part(whole, 1)) is None


async def test_an_unknown_part_holds_the_others_up_for_half_a_minute(scene: Scene, stores: Stores) -> None:
    whole = await put(scene, await scene.connected())
    await settled(scene, whole, 0, Unknown(error=OOPS))
    assert await stores.outbox.claim_due(10) == []
    await aged(scene, whole, timedelta(seconds=31))
    await settled(scene, whole, 1)
    await settled(scene, whole, 2)
    seen = await scene.message(whole)
    assert (seen.status, seen.error, states(seen)) == (UNKNOWN, OOPS, [UNKNOWN, SENT, SENT])


async def test_a_late_refusal_ends_only_what_has_not_gone(scene: Scene, stores: Stores) -> None:
    whole = await put(scene, await scene.connected())
    claim = await sending(scene, whole, 0)
    await stores.outbox.settle(claim, Unknown(error=OOPS))
    await aged(scene, whole, timedelta(seconds=31))
    await settled(scene, whole, 1)
    await stores.outbox.settle(claim, Failed(error=OOPS))
    assert states(await scene.message(whole)) == [FAILED, SENT, FAILED]
    assert await stores.outbox.claim_due(10) == []


@pytest.mark.parametrize("round_", range(5))
async def test_a_part_is_ended_or_claimed_but_never_both(scene: Scene, stores: Stores, round_: int) -> None:
    account = await scene.connected()
    for _ in range(4):
        whole = await put(scene, account)
        first = await sending(scene, whole, 0)
        await stores.outbox.settle(first, Unknown(error=OOPS))
        await aged(scene, whole, timedelta(seconds=31))
        _, claim, due = await asyncio.gather(
            stores.outbox.settle(first, Failed(error=OOPS)),
            stores.outbox.claim(CASA, part(whole, 1)),
            stores.outbox.claim_due(10),
        )
        claimed = [each.message.id for each in [claim, *due] if each is not None]
        assert claimed in ([], [part(whole, 1)])
        assert states(await scene.message(whole)) == [FAILED, SENDING if claimed else FAILED, FAILED]
        if claimed:
            await stores.outbox.settle(claim or due[0], Failed(error=OOPS))


async def test_a_process_that_died_leaves_its_part_unknown_and_the_rest_to_others(
    scene: Scene, stores: Stores
) -> None:
    whole = await put(scene, await scene.connected())
    await sending(scene, whole, 0)
    await aged(scene, whole, timedelta(seconds=31))
    events = len(await scene.told())
    assert await stores.outbox.expire_leases() == 1
    assert (await scene.told())[events:] == [(UPDATED, whole.id)]
    (claim,) = await stores.outbox.claim_due(10)
    assert claim.message.id == part(whole, 1)


async def test_a_disconnecting_ends_every_part_that_has_not_gone(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    whole = await put(scene, account)
    await settled(scene, whole, 0)
    await stores.accounts.disconnect(CASA, account.id)
    seen = await scene.message(whole)
    assert (seen.status, seen.error, states(seen)) == (FAILED, GIVEN_UP, [SENT, FAILED, FAILED])
    assert {message for kind, message in await scene.told() if kind is UPDATED} == {whole.id}


async def test_a_key_is_answered_with_the_whole(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    whole = await put(scene, account, once=ONCE)
    with pytest.raises(InFlight):
        await stores.outbox.answer_of(CASA, ONCE)
    await settled(scene, whole, 0)
    await aged(scene, whole, timedelta(seconds=21))
    present = await stores.outbox.answer_of(CASA, ONCE)
    assert present is not None
    assert (present.id, present.text, states(present)) == (whole.id, TEXT, [SENT, QUEUED, QUEUED])
    seen = await scene.message(whole)
    await stores.outbox.remember(CASA, ONCE, seen)
    await settled(scene, whole, 1)
    assert await stores.outbox.answer_of(CASA, ONCE) == seen


async def test_a_key_no_longer_answers_with_a_part_that_was_unsent(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    whole = await put(scene, account, once=ONCE)
    for index in range(3):
        await settled(scene, whole, index)
    await stores.outbox.remember(CASA, ONCE, await scene.message(whole))
    await scene.happens(says(Unsent(), "m-1"))
    told = await stores.outbox.answer_of(CASA, ONCE)
    assert told == await scene.message(whole)
    assert "two" not in await stores.backstage.key_of(CASA, ONCE.key)


async def test_a_taken_key_keeps_no_part(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.answers(account, once=ONCE)
    with pytest.raises(InFlight):
        await put(scene, account, once=ONCE)
    assert await stores.backstage.count_messages(CASA) == 1


async def test_pages_count_messages_and_not_their_parts(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    wholes = [await put(scene, account) for _ in range(3)]
    page = await stores.conversations.messages(CASA, account.id, wholes[0].contact_id, limit=2, after=None)
    assert [each.id for each in page.items] == [wholes[2].id, wholes[1].id]
    rest = await stores.conversations.messages(
        CASA, account.id, wholes[0].contact_id, limit=2, after=page.next
    )
    assert ([each.id for each in rest.items], rest.next) == ([wholes[0].id], None)
