"""Sending again: a person's decision, under the rules of a first sending."""

import asyncio
from datetime import timedelta

import pytest

from meta_inbox.domain.errors import (
    AccountNotSendable,
    CannotResend,
    CommentDeleted,
    NotFound,
    PersonRequired,
    Refused,
    ScopeMissing,
    WindowClosed,
)
from meta_inbox.domain.model.account import Account, StatusReason
from meta_inbox.domain.model.changes import Unsent
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.message import Message, MessageStatus, SendError
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.sending import Failed, Later, Outcome, Unknown
from tests.contracts.commenting import replying, the_comment
from tests.contracts.scene import BEA, CASA, says, wrote
from tests.unit.doubles import AGENT, BOT, STRANGER, World

LOST = Unknown(error=SendError(code="outcome_unknown", detail="no answer came"))
BLOCKED = Failed(error=SendError(code="recipient_unavailable", detail="blocked"))
DOWN = Later(error=SendError(code="meta_unavailable", detail="down"), after=timedelta(seconds=4))


@pytest.fixture
async def page(world: World) -> Account:
    """A connected Page to which Ana just wrote."""
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1", sent_at=world.clock.now()))
    return account


async def ended(world: World, page: Account, outcome: Outcome) -> Message:
    """A send that ended so a while ago."""
    world.graph.outcomes = [outcome]
    message = await world.deliver(await world.scene.answers(page))
    world.later(seconds=31)
    return message


async def resend(world: World, message: Message, by: Principal = AGENT) -> Message:
    """Somebody wants it sent again."""
    return await world.resend(
        by=by, account=message.account_id, contact=message.contact_id, message=message.id
    )


@pytest.mark.parametrize("outcome", [LOST, BLOCKED])
async def test_it_is_sent_again_as_the_same_message(world: World, page: Account, outcome: Outcome) -> None:
    message = await ended(world, page, outcome)
    again = await resend(world, message)
    assert (again.id, again.status, again.meta_message_id, again.resent) == (
        message.id,
        MessageStatus.SENT,
        "sent-2",
        1,
    )
    assert world.graph.sent == [(TextContent(text="hello"), None)] * 2
    assert [about for what, about in world.graph.calls if what == "send"] == [message.id] * 2


async def test_two_clicks_at_one_instant_are_one_attempt(world: World, page: Account) -> None:
    message = await ended(world, page, LOST)
    clicks = await asyncio.gather(*(resend(world, message) for _ in range(5)))
    assert {click.id for click in clicks} == {message.id}
    assert len(world.graph.sent) == 2
    assert (await resend(world, message)).status is MessageStatus.SENT
    assert len(world.graph.sent) == 2


async def test_what_meta_refuses_again_is_told_as_on_sending(world: World, page: Account) -> None:
    message = await ended(world, page, BLOCKED)
    world.graph.outcomes = [BLOCKED]
    with pytest.raises(Refused) as refused:
        await resend(world, message)
    assert refused.value.code == "recipient_unavailable"
    assert refused.value.message == await world.scene.message(message)


async def test_a_second_attempt_that_is_refused_leaves_the_first_unknown(world: World, page: Account) -> None:
    message = await ended(world, page, LOST)
    world.graph.outcomes = [BLOCKED]
    again = await resend(world, message)
    assert (again.status, again.error) == (MessageStatus.UNKNOWN, BLOCKED.error)


async def test_it_may_wait_for_meta(world: World, page: Account) -> None:
    message = await ended(world, page, BLOCKED)
    world.graph.outcomes = [DOWN]
    again = await resend(world, message)
    assert again.status is MessageStatus.QUEUED
    assert again.next_attempt_at is not None
    world.later(minutes=1)
    assert await world.deliver.due() == 1
    await world.deliver.drain(2)
    assert (await world.scene.message(message)).status is MessageStatus.SENT


async def test_after_the_window_it_is_refused_and_left_as_it_was(world: World, page: Account) -> None:
    message = await ended(world, page, LOST)
    world.later(hours=24)
    with pytest.raises(WindowClosed):
        await resend(world, message)
    assert await world.scene.message(message) == message
    await world.scene.happens(wrote("m-2", sent_at=world.clock.now()))
    assert (await resend(world, message)).status is MessageStatus.SENT


async def test_a_human_agents_answer_needs_no_tag_in_a_window_that_opened_again(
    world: World, page: Account
) -> None:
    world.later(hours=25)
    world.graph.outcomes = [LOST]
    message = await world.send(
        by=AGENT,
        account=page.id,
        contact=(await world.scene.messages(page))[0].contact_id,
        content=TextContent(text="hello"),
        human_agent=True,
    )
    assert message.human_agent
    world.later(minutes=1)
    tagged = await world.resend(by=AGENT, account=page.id, contact=message.contact_id, message=message.id)
    assert tagged.human_agent
    world.graph.outcomes = [LOST]
    other = await ended_after(world, message)
    await world.scene.happens(wrote("m-2", sent_at=world.clock.now()))
    assert not (await resend(world, other)).human_agent


async def ended_after(world: World, like: Message) -> Message:
    """One more as human agent, of which nobody knows."""
    sent = await world.send(
        by=AGENT,
        account=like.account_id,
        contact=like.contact_id,
        content=TextContent(text="again"),
        human_agent=True,
    )
    world.later(minutes=1)
    assert sent.human_agent
    return sent


async def test_an_account_that_cannot_send_refuses(world: World, page: Account) -> None:
    message = await ended(world, page, LOST)
    await world.accounts.needs_login(
        CASA, page.id, StatusReason(code="reauth_required", detail="dead"), as_of=page.connected_at
    )
    with pytest.raises(AccountNotSendable):
        await resend(world, message)
    assert await world.scene.message(message) == message


async def test_what_is_no_longer_kept_cannot_be_sent(world: World, page: Account) -> None:
    message = await ended(world, page, BLOCKED)
    world.later(days=7)
    await world.outcomes.forget()
    await world.scene.happens(wrote("m-2", sent_at=world.clock.now()))
    with pytest.raises(CannotResend):
        await resend(world, message)


async def test_only_a_person_of_the_tenant_with_the_right_may(world: World, page: Account) -> None:
    message = await ended(world, page, LOST)
    with pytest.raises(PersonRequired):
        await resend(world, message, BOT)
    with pytest.raises(ScopeMissing):
        await resend(world, message, Principal(CASA, BEA, scopes=frozenset()))
    with pytest.raises(NotFound):
        await resend(world, message, STRANGER)
    assert len(world.graph.sent) == 1


async def test_what_was_sent_or_came_in_is_answered_as_it_is(world: World, page: Account) -> None:
    sent = await world.deliver(await world.scene.answers(page))
    assert await resend(world, sent) == sent
    inbound = (await world.scene.messages(page))[-1]
    assert await resend(world, inbound) == inbound
    assert len(world.graph.sent) == 1


async def test_an_answer_to_a_comment_is_sent_again_as_long_as_the_comment_is_there(
    world: World, page: Account
) -> None:
    comment = await the_comment(world.scene, page)
    claim = await replying(world.scene, comment, "public")
    failed = await world.outbox.settle(claim, BLOCKED)
    assert (await resend(world, failed)).status is MessageStatus.SENT
    claim = await replying(world.scene, comment, "public")
    failed = await world.outbox.settle(claim, BLOCKED)
    await world.scene.happens(says(Unsent(), "c-1"))
    with pytest.raises(CommentDeleted):
        await resend(world, failed)


async def test_a_private_answer_is_not_sent_after_a_week(world: World, page: Account) -> None:
    claim = await replying(world.scene, await the_comment(world.scene, page), "private")
    failed = await world.outbox.settle(claim, BLOCKED)
    world.later(days=7)
    with pytest.raises(WindowClosed):
        await resend(world, failed)
