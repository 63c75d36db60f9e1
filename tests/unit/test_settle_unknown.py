"""Looking at Meta for sends that nobody knows of: once, with patience, and never to say that they failed."""

from datetime import timedelta

import pytest

from meta_inbox.domain.errors import (
    AccessRevoked,
    AccountNotSendable,
    GraphUnavailable,
    NotFound,
    RefusedByMeta,
    ScopeMissing,
)
from meta_inbox.domain.model.account import Account, AccountStatus
from meta_inbox.domain.model.history import PastPage
from meta_inbox.domain.model.message import Message, MessageStatus, SendError
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.sending import Unknown
from tests.contracts.commenting import replying, the_comment
from tests.contracts.scene import BEA, CASA, RUI, echo, past, wrote
from tests.unit.doubles import AGENT, STRANGER, World

LOST = Unknown(error=SendError(code="outcome_unknown", detail="no answer came"))
READ = ("history", "")
REVOKED = AccessRevoked("the session ended", meta_code=190, meta_subcode=463)


@pytest.fixture
async def page(world: World) -> Account:
    """A connected Page to which Ana just wrote."""
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1", sent_at=world.clock.now()))
    return account


@pytest.fixture
async def unknown(world: World, page: Account) -> Message:
    """A send of which nobody knows what became, begun ten seconds ago."""
    world.graph.outcomes = [LOST]
    message = await world.deliver(await world.scene.answers(page))
    assert message.status is MessageStatus.UNKNOWN
    world.later(seconds=10)
    return message


def at_meta(world: World, *texts: str) -> PastPage:
    """What Meta has of the conversation with Ana: theirs, then the business's own."""
    items = [
        echo(f"m-sent-{n}", text, sent_at=world.clock.now() - timedelta(seconds=9))
        for n, text in enumerate(texts)
    ]
    said = (wrote("m-1", "hello", sent_at=world.clock.now()), *items)
    return PastPage(conversations=[past(world.scene, contact=RUI), past(world.scene, items=said)])


def reads(world: World) -> int:
    """How often a conversation was read."""
    return world.graph.calls.count(READ)


async def check(world: World, message: Message, by: Principal = AGENT) -> Message:
    """An agent asks."""
    return await world.check(
        by=by, account=message.account_id, contact=message.contact_id, message=message.id
    )


async def test_one_read_settles_it(world: World, unknown: Message) -> None:
    world.graph.pages[None] = at_meta(world, "something else", "hello")
    assert await world.settle_unknown() == 1
    settled = await world.scene.message(unknown)
    assert (settled.status, settled.meta_message_id) == (MessageStatus.SENT, "m-sent-1")
    assert await world.settle_unknown() == 0


async def test_before_ten_seconds_nothing_is_read(world: World, page: Account) -> None:
    world.graph.outcomes = [LOST]
    await world.deliver(await world.scene.answers(page))
    world.later(seconds=9.9)
    assert await world.settle_unknown() == 0
    assert reads(world) == 0


async def test_what_is_not_there_stays_unknown_and_is_not_read_again(world: World, unknown: Message) -> None:
    assert await world.settle_unknown() == 1
    world.later(hours=1)
    assert await world.settle_unknown() == 0
    assert await world.scene.message(unknown) == unknown
    assert reads(world) == 1


async def test_while_meta_is_down_it_is_tried_again_for_two_minutes(world: World, unknown: Message) -> None:
    world.graph.pages[None] = GraphUnavailable("down")
    waits: list[int] = []
    for second in range(600):
        if await world.settle_unknown():
            waits.append(second)
        world.later(seconds=1)
    assert waits == [0, 5, 15, 35, 75]
    assert await world.scene.message(unknown) == unknown


async def test_meta_says_how_long_to_wait(world: World, unknown: Message) -> None:
    world.graph.pages[None] = GraphUnavailable("slow down", retry_after=timedelta(seconds=40))
    assert await world.settle_unknown() == 1
    world.later(seconds=39)
    assert await world.settle_unknown() == 0
    world.later(seconds=1)
    world.graph.pages[None] = PastPage()
    assert await world.settle_unknown() == 1


async def test_a_read_that_the_budget_held_back_is_made_once_there_is_room(
    world: World, unknown: Message
) -> None:
    world.graph.pages[None] = GraphUnavailable("held back", retry_after=timedelta(minutes=5))
    assert await world.settle_unknown() == 1
    world.later(minutes=5)
    world.graph.pages[None] = at_meta(world, "hello")
    assert await world.settle_unknown() == 1
    assert (await world.scene.message(unknown)).status is MessageStatus.SENT


async def test_a_missing_permission_leaves_it_to_people(world: World, unknown: Message) -> None:
    world.graph.pages[None] = RefusedByMeta("no permission")
    assert await world.settle_unknown() == 1
    world.later(minutes=1)
    assert await world.settle_unknown() == 0
    assert await world.scene.message(unknown) == unknown


async def test_a_dead_token_is_noted_and_it_is_looked_for_after_the_login(
    world: World, page: Account, unknown: Message
) -> None:
    world.graph.pages[None] = REVOKED
    assert await world.settle_unknown() == 1
    account = await world.accounts.get(CASA, page.id)
    assert account.status is AccountStatus.REAUTH_REQUIRED
    assert account.status_reason is not None
    assert (account.status_reason.meta_code, account.status_reason.meta_subcode) == (190, 463)
    world.later(minutes=5)
    assert await world.settle_unknown() == 0
    await world.scene.connected()
    world.graph.pages[None] = PastPage(
        conversations=[past(world.scene, items=(echo("m-9", sent_at=unknown.created_at),))]
    )
    assert await world.settle_unknown() == 1
    assert (await world.scene.message(unknown)).status is MessageStatus.SENT


async def test_a_bug_in_one_look_costs_that_look_alone(world: World, unknown: Message) -> None:
    world.graph.pages[None] = ValueError("a bug of ours")
    with pytest.raises(ValueError, match="a bug"):
        await world.settle_unknown()
    world.later(seconds=31)
    world.graph.pages[None] = PastPage()
    assert await world.settle_unknown() == 1
    assert await world.scene.message(unknown) == unknown


async def test_answers_to_comments_are_not_looked_for(world: World, page: Account) -> None:
    claim = await replying(world.scene, await the_comment(world.scene, page), "public")
    await world.outbox.settle(claim, LOST)
    world.later(seconds=10)
    assert await world.settle_unknown() == 1
    assert await world.settle_unknown() == 0
    doubtful = await world.scene.message(claim.message)
    assert await check(world, doubtful) == doubtful
    assert reads(world) == 0


async def test_what_is_forgotten_is_counted(world: World, unknown: Message) -> None:
    assert await world.settle_unknown.forget() == 0
    world.later(days=7)
    assert await world.settle_unknown.forget() == 1


async def test_an_agent_asks_and_it_is_found(world: World, unknown: Message) -> None:
    world.graph.pages[None] = at_meta(world, "hello")
    settled = await check(world, unknown)
    assert (settled.status, settled.meta_message_id) == (MessageStatus.SENT, "m-sent-0")
    assert await check(world, unknown) == settled
    assert reads(world) == 1


async def test_an_agent_who_asks_waits_for_it_and_a_worker_does_not(world: World, unknown: Message) -> None:
    await check(world, unknown)
    await world.settle_unknown()
    assert world.graph.hurries == [True, False]


async def test_an_agent_asks_and_it_is_still_not_known(world: World, unknown: Message) -> None:
    for _ in range(2):
        assert await check(world, unknown) == unknown
    assert reads(world) == 2


async def test_an_agent_asks_while_meta_is_down(world: World, unknown: Message) -> None:
    world.graph.pages[None] = GraphUnavailable("down")
    with pytest.raises(GraphUnavailable):
        await check(world, unknown)
    assert await world.scene.message(unknown) == unknown


async def test_an_agent_asks_with_a_dead_token(world: World, page: Account, unknown: Message) -> None:
    world.graph.pages[None] = REVOKED
    with pytest.raises(AccountNotSendable) as refused:
        await check(world, unknown)
    assert refused.value.code == "account_not_sendable"
    account = await world.accounts.get(CASA, page.id)
    assert account.status is AccountStatus.REAUTH_REQUIRED
    await world.accounts.disconnect(CASA, page.id)
    with pytest.raises(AccountNotSendable):
        await check(world, unknown)


async def test_nobody_else_may_ask(world: World, unknown: Message) -> None:
    with pytest.raises(NotFound):
        await check(world, unknown, STRANGER)
    with pytest.raises(ScopeMissing):
        await check(world, unknown, Principal(CASA, BEA, scopes=frozenset()))
    assert reads(world) == 0
