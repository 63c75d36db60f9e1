"""Delivering: while somebody waits, or when it is due; and what is noted of the outcome."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.adapters.persistence.in_memory_outbox import InMemoryOutbox
from meta_inbox.domain.errors import AccessRevoked
from meta_inbox.domain.model.account import Account, AccountStatus, StatusReason
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.message import Message, MessageStatus, SendError
from meta_inbox.domain.model.sending import Claim, Failed, Later, NeedsLogin, Outcome, Unknown
from tests.contracts.scene import ANA, CASA, wrote
from tests.unit.doubles import World, eventually

OOPS = SendError(code="meta_error", detail="Meta said no", meta_code=190, meta_subcode=463, fbtrace_id="A1")


@pytest.fixture
async def page(world: World) -> Account:
    """A connected Page to which Ana just wrote."""
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1", sent_at=world.clock.now()))
    return account


async def delivered(world: World, message: Message) -> Message:
    """The message after one round of what is due."""
    assert await world.deliver.due() == 1
    await world.deliver.drain(2)
    return await world.scene.message(message)


async def test_the_caller_waits_no_longer_than_the_limit_and_the_sending_goes_on(
    world: World, page: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meta_inbox.domain.use_cases.deliver.CALLER_WAITS", timedelta(milliseconds=20))
    world.graph.hold = asyncio.Event()
    message = await world.scene.answers(page)
    assert (await world.deliver(message)).status is MessageStatus.SENDING
    assert (await world.scene.message(message)).status is MessageStatus.SENDING
    world.graph.hold.set()
    await world.deliver.drain(2)
    assert (await world.scene.message(message)).status is MessageStatus.SENT
    assert world.deliver.running == set()


async def test_a_message_whose_turn_it_is_not_is_told_as_it_is(world: World, page: Account) -> None:
    await world.scene.answers(page, "first")
    second = await world.scene.answers(page, "second")
    assert await world.deliver(second) == second
    assert world.graph.sent == []


async def test_what_is_due_is_begun_all_at_once(world: World, page: Account) -> None:
    world.graph.hold = asyncio.Event()
    for n in range(5):
        await world.scene.answers(page, contact=ContactId(f"c-{n}"))
    assert await world.deliver.due(3) == 3
    await eventually(lambda: len(world.graph.sent) == 3)
    assert await world.deliver.due() == 2
    world.graph.hold.set()
    await world.deliver.drain(2)
    assert await world.deliver.due() == 0


async def test_a_certainly_unsent_message_goes_again(world: World, page: Account) -> None:
    world.graph.outcomes = [Later(error=OOPS, after=timedelta(seconds=4))]
    message = await world.scene.answers(page)
    waiting = await world.deliver(message)
    assert waiting.next_attempt_at == world.clock.now() + timedelta(seconds=4)
    assert await world.deliver.due() == 0
    world.later(seconds=4)
    assert (await delivered(world, message)).status is MessageStatus.SENT
    assert len(world.graph.sent) == 2


async def test_a_retry_after_the_window_closed_is_not_sent(world: World, page: Account) -> None:
    world.graph.outcomes = [Later(error=OOPS, after=timedelta(seconds=4))]
    message = await world.scene.answers(page)
    await world.deliver(message)
    world.later(hours=25)
    failed = await delivered(world, message)
    assert failed.status is MessageStatus.FAILED
    assert failed.error is not None
    assert failed.error.code == "window_closed"
    assert len(world.graph.sent) == 1


@pytest.mark.parametrize(("after", "fails"), [(timedelta(hours=23), False), (timedelta(hours=24), True)])
async def test_what_could_go_only_when_the_window_is_closed_is_given_up(
    world: World, page: Account, after: timedelta, fails: bool
) -> None:
    world.graph.outcomes = [Later(error=OOPS, after=after, whole_account=True)]
    message = await world.deliver(await world.scene.answers(page))
    assert message.error is not None
    assert (message.status is MessageStatus.FAILED, message.error.code == "window_closed") == (fails, fails)
    assert message.error.meta_subcode == 463
    other = await world.scene.answers(page, contact=ContactId("c-1"))
    assert (await world.deliver(other)).next_attempt_at == world.clock.now() + after
    assert len(world.graph.sent) == 1


@pytest.mark.parametrize("closes_in", [timedelta(hours=1), timedelta(seconds=5)])
async def test_what_one_message_waits_for_its_own_failures_holds_up_no_other(
    world: World, page: Account, closes_in: timedelta
) -> None:
    """Whether the message itself can still wait that long or not."""
    second, minute = timedelta(seconds=1), timedelta(minutes=1)
    again = Later(error=OOPS, after=second)
    world.graph.outcomes = [again, again, replace(again, whole_account=True)]
    world.later(seconds=(timedelta(hours=24) - closes_in - minute).total_seconds())
    message = await world.scene.answers(page)
    await world.deliver(message)
    for _ in range(2):
        world.later(seconds=30)
        message = await delivered(world, message)
    assert message.next_attempt_at == (world.clock.now() + 8 * second if closes_in > minute else None)
    other = await world.scene.answers(page, contact=ContactId("c-1"))
    assert (await world.deliver(other)).next_attempt_at == world.clock.now() + second


async def test_what_is_worth_one_more_try_gets_one(world: World, page: Account) -> None:
    once = Later(error=OOPS, after=timedelta(seconds=4), once=True)
    other = Later(error=replace(OOPS, meta_subcode=1), after=timedelta(seconds=4))
    world.graph.outcomes = [other, once, once]
    message = await world.scene.answers(page)
    await world.deliver(message)
    statuses: list[MessageStatus] = []
    for _ in range(2):
        world.later(seconds=20)
        statuses.append((await delivered(world, message)).status)
    assert statuses == [MessageStatus.QUEUED, MessageStatus.FAILED]
    assert len(world.graph.sent) == 3


@pytest.mark.parametrize(
    "outcome",
    [
        Later(error=OOPS, after=timedelta(seconds=4)),
        Later(error=OOPS, after=timedelta(seconds=4), whole_account=True),
        Failed(error=OOPS),
        Unknown(error=OOPS),
    ],
)
async def test_nothing_but_a_dead_token_changes_the_account(
    world: World, page: Account, outcome: Outcome
) -> None:
    world.graph.outcomes = [outcome]
    await world.deliver(await world.scene.answers(page))
    assert await world.accounts.get(CASA, page.id) == page


async def test_a_dead_token_stops_the_queue_with_what_is_on_its_way(world: World, page: Account) -> None:
    world.graph.hold = asyncio.Event()
    world.graph.outcomes = [NeedsLogin(error=OOPS)] * 5
    messages = [await world.scene.answers(page, contact=ContactId(f"c-{n}")) for n in range(30)]
    assert await world.deliver.due(5) == 5
    await eventually(lambda: len(world.graph.sent) == 5)
    world.graph.hold.set()
    while await world.deliver.due() or world.deliver.running:
        await world.deliver.drain(2)
    assert len(world.graph.sent) == 5
    told = [event.type for event in await world.backstage.events(CASA)]
    assert told.count(EventType.ACCOUNT_UPDATED) == 2  # connected, and in need of a login
    waiting = [(await world.scene.message(each)).status for each in messages]
    assert set(waiting) == {MessageStatus.QUEUED}


async def test_the_queue_has_stopped_before_the_first_refusal_is_written_down(
    world: World, page: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = InMemoryOutbox.settle
    claimed: list[int] = []

    async def watched(outbox: InMemoryOutbox, claim: Claim, outcome: Outcome) -> Message:
        claimed.append(len(await outbox.claim_due(5)))
        return await settle(outbox, claim, outcome)

    monkeypatch.setattr(InMemoryOutbox, "settle", watched)
    world.graph.outcomes = [NeedsLogin(error=OOPS)]
    message = await world.scene.answers(page)
    await world.scene.answers(page, contact=ContactId("c-1"))
    await world.deliver(message)
    assert claimed == [0]


async def test_what_meta_says_of_the_former_login_does_not_count_for_the_new_one(
    world: World, page: Account
) -> None:
    world.graph.hold = asyncio.Event()
    world.graph.outcomes = [NeedsLogin(error=OOPS)]
    message = await world.scene.answers(page)
    await world.deliver.due()
    await eventually(lambda: len(world.graph.sent) == 1)
    world.later(seconds=5)
    await world.scene.connected()
    world.graph.hold.set()
    await world.deliver.drain(2)
    assert (await world.accounts.get(CASA, page.id)).status is AccountStatus.ACTIVE
    assert (await delivered(world, message)).status is MessageStatus.SENT


async def test_an_unknown_outcome_is_not_sent_again(world: World, page: Account) -> None:
    world.graph.outcomes = [Unknown(error=OOPS)]
    message = await world.scene.answers(page)
    await world.deliver(message)
    world.later(hours=1)
    assert await world.deliver.due() == 0
    assert (await world.scene.message(message)).status is MessageStatus.UNKNOWN


async def test_a_dead_token_marks_the_account_with_what_meta_said(world: World, page: Account) -> None:
    world.graph.outcomes = [NeedsLogin(error=OOPS)]
    await world.deliver(await world.scene.answers(page))
    account = await world.accounts.get(CASA, page.id)
    reason = account.status_reason
    assert account.status is AccountStatus.REAUTH_REQUIRED
    assert reason is not None
    assert (reason.code, reason.meta_code, reason.meta_subcode, reason.fbtrace_id, reason.at) == (
        "meta_error",
        190,
        463,
        "A1",
        world.clock.now(),
    )


async def test_without_a_token_nothing_leaves(
    world: World, page: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(*_: object) -> None:
        raise AccessRevoked("no token can be opened")

    monkeypatch.setattr(type(world.accounts), "token", none)
    message = await world.deliver(await world.scene.answers(page))
    assert (message.status, world.graph.sent) == (MessageStatus.QUEUED, [])
    assert message.error is not None
    assert (message.error.code, message.error.detail) == ("reauth_required", "no token can be opened")


async def test_a_contact_who_cannot_be_reached_is_noted(world: World, page: Account) -> None:
    world.graph.outcomes = [Failed(error=SendError(code="recipient_unavailable", detail="blocked"))]
    message = await world.deliver(await world.scene.answers(page))
    assert message.status is MessageStatus.FAILED
    assert world.store.contacts[CASA, page.id, ANA].unreachable_at == world.clock.now()


async def test_a_crash_while_sending_is_found_by_its_lease(world: World, page: Account) -> None:
    world.graph.outcomes = [RuntimeError("a bug of ours")]
    message = await world.scene.answers(page)
    assert await world.deliver.due() == 1
    await world.deliver.drain(2)
    assert (await world.scene.message(message)).status is MessageStatus.SENDING
    world.later(seconds=31)
    assert await world.outbox.expire_leases() == 1
    assert (await world.scene.message(message)).status is MessageStatus.UNKNOWN
    assert await world.deliver.due() == 0


async def test_draining_ends_in_time_though_meta_hangs(world: World, page: Account) -> None:
    world.graph.hold = asyncio.Event()
    await world.scene.answers(page)
    await world.deliver.due()
    await asyncio.wait_for(world.deliver.drain(0.01), timeout=1)
    assert len(world.deliver.running) == 1
    world.graph.hold.set()
    await world.deliver.drain(2)
    assert world.deliver.running == set()


async def test_what_waited_before_its_first_attempt_is_not_sent_after_the_window(
    world: World, page: Account
) -> None:
    message = await world.scene.answers(page)
    await world.accounts.needs_login(
        CASA, page.id, StatusReason(code="reauth_required", detail="dead"), as_of=page.connected_at
    )
    world.later(hours=25)
    assert await world.deliver.due() == 0
    await world.scene.connected()
    failed = await delivered(world, message)
    assert failed.error is not None
    assert (failed.status, failed.error.code) == (MessageStatus.FAILED, "window_closed")
    assert world.graph.sent == []


async def test_what_waited_is_sent_while_the_window_is_open(world: World, page: Account) -> None:
    message = await world.scene.answers(page)
    world.later(hours=23)
    assert (await delivered(world, message)).status is MessageStatus.SENT
