"""Answers that wait for a login, or for Meta, until their window is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.domain.model.account import Account, StatusReason
from meta_inbox.domain.model.content import UtilityContent
from meta_inbox.domain.model.message import Message, MessageStatus, Origin, SendError
from meta_inbox.domain.model.sending import Later
from tests.contracts.commenting import replies, the_comment
from tests.contracts.scene import CASA, RUI, wrote
from tests.unit.doubles import World

THROTTLED = Later(
    error=SendError(code="rate_limited", detail="slow down"), after=timedelta(hours=20), whole_account=True
)


@pytest.fixture
async def page(world: World) -> Account:
    """A connected Page to which Ana just wrote."""
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1", sent_at=world.clock.now()))
    return account


async def login_dies(world: World, page: Account) -> None:
    """Only a new login helps."""
    reason = StatusReason(code="reauth_required", detail="dead")
    await world.accounts.needs_login(CASA, page.id, reason, as_of=page.connected_at)


async def state(world: World, message: Message) -> tuple[MessageStatus, str | None]:
    """What people see."""
    seen = await world.scene.message(message)
    return seen.status, None if seen.error is None else seen.error.code


async def test_an_answer_fails_when_its_window_ends_though_nobody_logs_in(
    world: World, page: Account
) -> None:
    await login_dies(world, page)
    message = await world.scene.answers(page)
    world.later(hours=23, minutes=59)
    await world.give_up_waiting()
    assert await state(world, message) == (MessageStatus.QUEUED, None)
    world.later(minutes=6)
    await world.give_up_waiting()
    assert await state(world, message) == (MessageStatus.FAILED, "window_closed")
    assert world.graph.sent == []


async def test_a_contact_who_writes_again_keeps_it_waiting(world: World, page: Account) -> None:
    await login_dies(world, page)
    message = await world.scene.answers(page)
    world.later(hours=23)
    await world.scene.happens(wrote("m-2", sent_at=world.clock.now()))
    world.later(hours=23)
    await world.give_up_waiting()
    assert await state(world, message) == (MessageStatus.QUEUED, None)


async def test_with_the_human_agent_tag_it_waits_for_seven_days(world: World, page: Account) -> None:
    await login_dies(world, page)
    sent = await world.scene.answers(page)
    tagged = world.store.messages[CASA, sent.id]
    world.store.save(replace(tagged, human_agent=True))
    world.later(days=6, hours=23)
    await world.give_up_waiting()
    assert await state(world, sent) == (MessageStatus.QUEUED, None)
    world.later(hours=2)
    await world.give_up_waiting()
    assert await state(world, sent) == (MessageStatus.FAILED, "window_closed")


async def test_a_private_answer_to_a_comment_waits_for_seven_days(world: World, page: Account) -> None:
    comment = await the_comment(world.scene, page)
    await login_dies(world, page)
    reply = await replies(world.scene, comment, "private")
    world.later(days=6, hours=23)
    await world.give_up_waiting()
    assert await state(world, reply) == (MessageStatus.QUEUED, None)
    world.later(hours=2)
    await world.give_up_waiting()
    assert (await state(world, reply))[0] is MessageStatus.FAILED


async def test_what_may_be_sent_at_any_time_waits_on(world: World, page: Account) -> None:
    await login_dies(world, page)
    content = UtilityContent(template="order_shipped", language="pt_BR")
    message = await world.scene.answers(page, content=content, origin=Origin.AUTOMATION)
    world.later(days=30)
    await world.give_up_waiting()
    assert await state(world, message) == (MessageStatus.QUEUED, None)


async def test_what_could_go_only_too_late_fails_while_meta_holds_it_up(world: World, page: Account) -> None:
    world.later(hours=1)
    message = await world.scene.answers(page)
    world.graph.outcomes = [THROTTLED]
    world.later(hours=4)
    await world.scene.happens(wrote("m-3", contact_id=RUI, sent_at=world.clock.now()))
    await world.deliver(await world.scene.answers(page, contact=RUI))
    await world.give_up_waiting()
    assert await state(world, message) == (MessageStatus.FAILED, "window_closed")


async def test_more_than_one_round_is_begun_at_once(world: World, page: Account) -> None:
    await login_dies(world, page)
    for _ in range(3):
        await world.scene.answers(page)
    world.later(hours=25)
    assert [await world.give_up_waiting(2), await world.give_up_waiting(2)] == [2, 0]
    failed = [each for each in await world.scene.messages(page) if each.status is MessageStatus.FAILED]
    assert len(failed) == 3
