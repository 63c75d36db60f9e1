"""A failed or unknown message is queued once more: once, and nothing that arrives is lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.domain.errors import AccountNotSendable, CannotResend, NotFound, PrivateReplyUsed
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.changes import Unsent
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, MessageId, MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin
from meta_inbox.domain.model.sending import Claim, Failed, Later, Outcome, Sent, Unknown
from tests.contracts.backstage import Stores
from tests.contracts.commenting import replies, replying, the_comment
from tests.contracts.scene import BEA, CASA, OOPS, RIVAL, Scene, echo, says

UNKNOWN, FAILED = Unknown(error=OOPS), Failed(error=OOPS)
SENT = Sent(meta_message_id=MetaMessageId("m-2"))
WEEK = timedelta(days=7)


async def ended(scene: Scene, account: Account, outcome: Outcome, text: str = "hello") -> Claim:
    """A send whose first attempt ended so, half a minute ago."""
    claim = await scene.sending(account, text)
    await scene.stores.outbox.settle(claim, outcome)
    await scene.stores.backstage.age_message(claim.message, timedelta(seconds=31))
    return claim


async def again(scene: Scene, message: Message) -> Message:
    """A person has it sent again."""
    (queued,) = await scene.stores.outcomes.put_back(CASA, [message.id], human_agent=False)
    return queued


async def next_attempt(scene: Scene, message: Message) -> Claim:
    """It is on its way again."""
    await again(scene, message)
    claim = await scene.stores.outbox.claim(CASA, message.id)
    assert claim is not None
    return claim


@pytest.mark.parametrize("outcome", [UNKNOWN, FAILED])
async def test_it_is_the_same_message_queued_and_told(scene: Scene, stores: Stores, outcome: Outcome) -> None:
    first = await ended(scene, await scene.connected(), outcome)
    queued = await again(scene, first.message)
    assert queued == await scene.message(first.message)
    assert (queued.id, queued.status, queued.error, queued.resent) == (
        first.message.id,
        MessageStatus.QUEUED,
        None,
        1,
    )
    assert queued.ordered_at == (await scene.message(first.message)).created_at
    assert (await scene.told())[-1] == (EventType.MESSAGE_UPDATED, queued.id)
    (claim,) = await stores.outbox.claim_due(10)
    assert (claim.message.id, claim.content, claim.attempt) == (queued.id, TextContent(text="hello"), 2)
    assert claim.fence != first.fence
    assert (await stores.outbox.settle(claim, SENT)).status is MessageStatus.SENT
    assert await stores.outbox.claim_due(10) == []


async def test_many_clicks_at_one_instant_are_one_attempt(scene: Scene, stores: Stores) -> None:
    first = await ended(scene, await scene.connected(), UNKNOWN)
    clicks = await asyncio.gather(*(again(scene, first.message) for _ in range(10)))
    assert {click.status for click in clicks} == {MessageStatus.QUEUED}
    assert {click.resent for click in clicks} == {1}
    claims = await asyncio.gather(*(stores.outbox.claim(CASA, first.message.id) for _ in range(10)))
    assert [claim.attempt for claim in claims if claim is not None] == [2]


async def test_each_time_is_counted(scene: Scene, stores: Stores) -> None:
    first = await ended(scene, await scene.connected(), FAILED)
    for n in (1, 2, 3):
        claim = await next_attempt(scene, first.message)
        assert (claim.message.resent, claim.message.details) == (n, {"resent": n})
        await stores.outbox.settle(claim, FAILED)


@pytest.mark.parametrize("status", [MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.SENT])
async def test_what_has_no_need_of_it_is_left_as_it_is(
    scene: Scene, stores: Stores, status: MessageStatus
) -> None:
    account = await scene.connected()
    message = await scene.answers(account)
    if status is not MessageStatus.QUEUED:
        claim = await stores.outbox.claim(CASA, message.id)
        assert claim is not None
        if status is MessageStatus.SENT:
            await stores.outbox.settle(claim, SENT)
    before, told = await scene.message(message), await scene.told()
    assert await again(scene, message) == before
    assert await scene.told() == told
    assert before.status is status


async def test_a_contacts_message_is_not_sent(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(echo("m-1"))
    (theirs,) = await scene.messages(account)
    assert await again(scene, theirs) == theirs
    assert await stores.outbox.claim_due(10) == []


async def test_several_go_together_or_not_at_all(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    parts = [(await ended(scene, account, FAILED, text)).message for text in ("1", "2")]
    ids = [parts[1].id, parts[0].id]
    with pytest.raises(NotFound):
        await stores.outcomes.put_back(CASA, [*ids, MessageId(stores.ids.new())], human_agent=False)
    assert await stores.outbox.claim_due(10) == []
    queued = await stores.outcomes.put_back(CASA, ids, human_agent=True)
    assert [(one.id, one.status, one.human_agent) for one in queued] == [
        (each, MessageStatus.QUEUED, True) for each in ids
    ]
    (claim,) = await stores.outbox.claim_due(10)
    assert (claim.message.id, claim.message.human_agent) == (parts[0].id, True), "in their former order"


async def test_it_is_nobody_elses_and_must_be_an_id(scene: Scene, stores: Stores) -> None:
    first = await ended(scene, await scene.connected(), FAILED)
    for tenant, message in ((RIVAL, first.message.id), (CASA, MessageId("no-id"))):
        with pytest.raises(NotFound):
            await stores.outcomes.put_back(tenant, [message], human_agent=False)
        assert await stores.outcomes.content_of(tenant, message) is None
    assert await stores.outcomes.content_of(CASA, first.message.id) == TextContent(text="hello")


@pytest.mark.parametrize("outcome", [UNKNOWN, FAILED])
async def test_after_a_week_it_can_no_longer_be_sent(scene: Scene, stores: Stores, outcome: Outcome) -> None:
    first = await ended(scene, await scene.connected(), outcome)
    await stores.backstage.age_message(first.message, WEEK - timedelta(minutes=1))
    assert await stores.outcomes.forget() == 0
    await stores.backstage.age_message(first.message, timedelta(minutes=1))
    assert await stores.outcomes.forget() == 1
    before = await scene.message(first.message)
    with pytest.raises(CannotResend):
        await again(scene, first.message)
    assert await scene.message(first.message) == before


async def test_what_waits_for_days_is_not_forgotten(scene: Scene, stores: Stores) -> None:
    claim = await ended(scene, await scene.connected(), Later(error=OOPS, after=timedelta(0)))
    await stores.backstage.age_message(claim.message, 2 * WEEK)
    assert await stores.outcomes.forget() == 0


async def test_what_failed_holds_nothing_up_and_is_not_claimed(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await stores.outbox.settle(claim, FAILED)
    second = await scene.answers(account)
    assert [each.message.id for each in await stores.outbox.claim_due(10)] == [second.id]
    assert await stores.outbox.claim(CASA, claim.message.id) is None
    assert await stores.outcomes.claim_due(10) == []


async def test_what_is_sent_again_goes_before_what_was_written_after_it(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    first = await ended(scene, account, FAILED)
    second = await scene.answers(account)
    await again(scene, first.message)
    assert await stores.outbox.claim(CASA, second.id) is None
    assert await stores.outbox.claim(CASA, first.message.id) is not None


async def test_disconnecting_drops_what_failed(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    first = await ended(scene, account, FAILED)
    await stores.accounts.disconnect(CASA, account.id)
    with pytest.raises(AccountNotSendable):
        await again(scene, first.message)
    await scene.connected()
    with pytest.raises(CannotResend):
        await again(scene, first.message)


async def test_disconnecting_does_not_know_of_an_earlier_attempt(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    doubtful = await ended(scene, account, UNKNOWN)
    await again(scene, doubtful.message)
    await stores.accounts.disconnect(CASA, account.id)
    assert (await scene.message(doubtful.message)).status is MessageStatus.UNKNOWN


async def test_that_the_second_attempt_failed_says_nothing_of_the_first(scene: Scene, stores: Stores) -> None:
    first = await ended(scene, await scene.connected(), UNKNOWN)
    second = await next_attempt(scene, first.message)
    settled = await stores.outbox.settle(second, FAILED)
    assert (settled.status, settled.error) == (MessageStatus.UNKNOWN, OOPS)
    assert (await stores.outbox.settle(first, FAILED)).status is MessageStatus.UNKNOWN
    await scene.happens(echo("m-1", client_token=settled.id))
    assert (await scene.message(settled)).status is MessageStatus.SENT


async def test_an_answer_to_the_first_attempt_saves_the_second(scene: Scene, stores: Stores) -> None:
    first = await ended(scene, await scene.connected(), UNKNOWN)
    await again(scene, first.message)
    settled = await stores.outbox.settle(first, Sent(meta_message_id=MetaMessageId("m-1")))
    assert (settled.status, settled.meta_message_id) == (MessageStatus.SENT, "m-1")
    assert await stores.outbox.claim_due(10) == []


async def test_a_stale_answer_does_not_settle_the_second_attempt(scene: Scene, stores: Stores) -> None:
    first = await ended(scene, await scene.connected(), UNKNOWN)
    second = await next_attempt(scene, first.message)
    stale = await stores.outbox.settle(first, FAILED)
    assert stale.status is MessageStatus.SENDING
    assert (await stores.outbox.settle(second, SENT)).meta_message_id == "m-2"


@pytest.mark.parametrize("token", [True, False])
@pytest.mark.parametrize("answer", [SENT, UNKNOWN])
async def test_when_both_copies_arrive_both_are_shown(
    scene: Scene, stores: Stores, token: bool, answer: Outcome
) -> None:
    account = await scene.connected()
    first = await ended(scene, account, UNKNOWN)
    second = await next_attempt(scene, first.message)
    await stores.outbox.settle(second, answer)
    named = {"client_token": first.message.id, "app_id": "77"} if token else {}
    for mid in ("m-2", "m-1", "m-2", "m-1"):
        await scene.happens(echo(mid, **named))
        await stores.backstage.age_items(timedelta(seconds=3))
        await scene.settle_down()
    shown = await scene.messages(account)
    assert {one.meta_message_id for one in shown} == {"m-1", "m-2"}
    assert {one.status for one in shown} == {MessageStatus.SENT}
    own = next(one for one in shown if one.id == first.message.id)
    (copy,) = [one for one in shown if one.id != first.message.id]
    assert (own.origin, own.meta_message_id, own.sent_by) == (Origin.AGENT, "m-2", BEA)
    assert copy.origin is (Origin.OTHER_APP if token else Origin.NATIVE_APP)


async def test_the_time_of_one_copy_is_not_told_of_the_other(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    first = await ended(scene, account, UNKNOWN)
    second = await next_attempt(scene, first.message)
    await stores.outbox.settle(second, SENT)
    early, late = scene.now - timedelta(seconds=30), scene.now
    for mid, at in (("m-2", late), ("m-1", early), ("m-1", early)):
        await scene.happens(echo(mid, client_token=first.message.id, sent_at=at))
    assert (await scene.message(first.message)).meta_sent_at == late


async def test_the_echo_of_the_first_copy_saves_the_second(scene: Scene, stores: Stores) -> None:
    first = await ended(scene, await scene.connected(), UNKNOWN)
    await again(scene, first.message)
    await scene.happens(echo("m-1", client_token=first.message.id))
    assert (await scene.message(first.message)).status is MessageStatus.SENT
    assert await stores.outbox.claim_due(10) == []


async def test_an_echo_at_the_moment_of_the_click_ends_the_doubt(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    for n in range(8):
        contact = ContactId(f"c-{n}")
        claim = await scene.sending(account, contact=contact)
        await stores.outbox.settle(claim, UNKNOWN)
        item = echo(f"m-{n}", client_token=claim.message.id, contact_id=contact)
        await asyncio.gather(again(scene, claim.message), scene.happens(item))
        await scene.settle_down()
        (only,) = await scene.messages(account, contact)
        assert (only.id, only.status) == (claim.message.id, MessageStatus.SENT)
    assert await stores.outbox.claim_due(20) == []


async def test_without_a_resend_another_id_under_the_same_token_is_no_message(scene: Scene) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await scene.stores.outbox.settle(claim, SENT)
    await scene.happens(echo("m-3", client_token=claim.message.id))
    assert [one.meta_message_id for one in await scene.messages(account)] == ["m-2"]


async def test_a_copy_is_not_lost_with_the_first_one_unsent(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    first = await ended(scene, account, UNKNOWN)
    await stores.outbox.settle(await next_attempt(scene, first.message), SENT)
    await scene.happens(says(Unsent(), "m-2"))
    await scene.happens(echo("m-1", client_token=first.message.id))
    assert {one.meta_message_id for one in await scene.messages(account)} == {"m-1", "m-2"}
    deleted = await scene.message(first.message)
    assert await again(scene, deleted) == deleted


async def test_while_it_is_sent_again_nothing_is_looked_for(scene: Scene, stores: Stores) -> None:
    first = await ended(scene, await scene.connected(), UNKNOWN)
    await again(scene, first.message)
    assert await stores.outcomes.claim_due(10) == []
    claim = await stores.outbox.claim(CASA, first.message.id)
    assert claim is not None
    await stores.outbox.settle(claim, UNKNOWN)
    await stores.backstage.age_message(first.message, timedelta(seconds=10))
    (doubt,) = await stores.outcomes.claim_due(10)
    assert doubt.look == 1


async def test_a_private_answer_is_sent_again_unless_there_is_another(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    comment = await the_comment(scene, account)
    claim = await replying(scene, comment, "private")
    await stores.outbox.settle(claim, FAILED)
    other = await replies(scene, comment, "private")
    with pytest.raises(PrivateReplyUsed):
        await again(scene, claim.message)
    second = await stores.outbox.claim(CASA, other.id)
    assert second is not None
    await stores.outbox.settle(second, FAILED)
    assert (await again(scene, claim.message)).status is MessageStatus.QUEUED
    with pytest.raises(PrivateReplyUsed):
        await again(scene, other)


async def test_two_private_answers_sent_again_at_one_instant_are_one(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    comment = await the_comment(scene, account)
    failed: list[Message] = []
    for _ in range(2):
        claim = await replying(scene, comment, "private")
        failed.append(await stores.outbox.settle(claim, FAILED))
    clicks = await asyncio.gather(*(again(scene, each) for each in failed), return_exceptions=True)
    assert sorted(type(click).__name__ for click in clicks) == ["Message", "PrivateReplyUsed"]


async def test_it_keeps_what_else_is_known_of_it(scene: Scene, stores: Stores) -> None:
    comment = await the_comment(scene, await scene.connected())
    claim = await replying(scene, comment, "public")
    await stores.outbox.settle(claim, FAILED)
    before = await scene.message(claim.message)
    queued = await again(scene, before)
    assert queued == replace(
        before,
        status=MessageStatus.QUEUED,
        error=None,
        details={**(before.details or {}), "resent": 1},
    )
    assert queued.contact_id == ContactId("comments:7001")
