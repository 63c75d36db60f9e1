"""Pages are subscribed and unsubscribed as far as Meta answers, and tried again where it does not."""

import pytest

from meta_inbox.domain.errors import (
    AccessRevoked,
    GraphOutcomeUnknown,
    GraphUnavailable,
    NotFound,
    RefusedByMeta,
    ScopeMissing,
)
from meta_inbox.domain.model.account import AccountStatus
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.use_cases.disconnect_account import DisconnectAccount
from tests.contracts.scene import CASA, PAGE, instagram_candidate
from tests.unit.doubles import AGENT, STRANGER, World

TROUBLES = [
    GraphUnavailable("no answer"),
    GraphOutcomeUnknown("cut off"),
    AccessRevoked("dead token"),
    RefusedByMeta("not allowed"),
]


def disconnect(world: World) -> DisconnectAccount:
    """The use case."""
    return DisconnectAccount(accounts=world.accounts, subscriptions=world.subscriptions)


async def test_a_page_is_subscribed_at_once(world: World) -> None:
    await world.subscriptions.subscribe_now(await world.scene.connected())
    assert world.graph.calls == [("subscribe", PAGE)]
    world.later(hours=2)
    assert await world.subscriptions.due() == 0


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_what_failed_is_noted_and_tried_until_it_stands(world: World, trouble: Exception) -> None:
    account = await world.scene.connected()
    world.graph.trouble = trouble
    await world.subscriptions.subscribe_now(account)
    assert world.store.accounts[CASA, account.id].subscription_problem == str(trouble)
    world.later(hours=2)
    assert await world.subscriptions.due() == 1
    world.graph.trouble = None
    world.later(hours=2)
    assert await world.subscriptions.due() == 1
    assert world.store.accounts[CASA, account.id].subscription_problem is None
    world.later(hours=2)
    assert await world.subscriptions.due() == 0


async def test_failures_are_tried_ever_more_rarely(world: World) -> None:
    account = await world.scene.connected()
    world.graph.trouble = GraphUnavailable("no answer")
    await world.subscriptions.subscribe_now(account)
    for _ in range(24 * 60):
        world.later(minutes=1)
        await world.subscriptions.due()
    assert 24 <= len(world.graph.calls) <= 35


async def test_an_account_without_a_page_has_nothing_to_subscribe(world: World) -> None:
    await world.subscriptions.subscribe_now(
        await world.scene.connected(candidate=instagram_candidate("9001", None))
    )
    assert world.graph.calls == []


async def test_an_account_without_a_token_is_left_alone(world: World) -> None:
    account = await world.scene.connected()
    await world.accounts.disconnect(CASA, account.id)
    await world.subscriptions.subscribe_now(account)
    assert world.graph.calls == []


async def test_disconnecting_unsubscribes_the_page(world: World) -> None:
    account = await world.scene.connected()
    await disconnect(world)(by=AGENT, account=account.id)
    await disconnect(world)(by=AGENT, account=account.id)
    assert world.graph.calls == [("unsubscribe", PAGE)]
    assert (await world.accounts.get(CASA, account.id)).status is AccountStatus.DISCONNECTED
    assert world.store.unsubscriptions == {}


@pytest.mark.parametrize("trouble", TROUBLES[:2])
async def test_disconnecting_succeeds_while_meta_is_down_and_is_made_up_for(
    world: World, trouble: Exception
) -> None:
    account = await world.scene.connected()
    world.graph.trouble = trouble
    await disconnect(world)(by=AGENT, account=account.id)
    assert (await world.accounts.get(CASA, account.id)).status is AccountStatus.DISCONNECTED
    world.graph.trouble = None
    world.later(minutes=2)
    assert await world.subscriptions.due() == 1
    world.later(minutes=2)
    assert await world.subscriptions.due() == 0
    assert world.graph.calls == [("unsubscribe", PAGE)] * 2


@pytest.mark.parametrize("trouble", TROUBLES[2:])
async def test_a_dead_token_ends_the_trying(world: World, trouble: Exception) -> None:
    account = await world.scene.connected()
    world.graph.trouble = trouble
    await disconnect(world)(by=AGENT, account=account.id)
    world.later(hours=2)
    assert await world.subscriptions.due() == 0
    assert world.store.unsubscriptions == {}


async def test_a_sibling_keeps_the_page_subscribed(world: World) -> None:
    page = await world.scene.connected()
    await world.scene.connected(candidate=instagram_candidate("9001", PAGE))
    await disconnect(world)(by=AGENT, account=page.id)
    assert world.graph.calls == []


async def test_only_the_tenants_managers_disconnect(world: World) -> None:
    account = await world.scene.connected()
    with pytest.raises(NotFound):
        await disconnect(world)(by=STRANGER, account=account.id)
    with pytest.raises(ScopeMissing):
        await disconnect(world)(
            by=Principal(CASA, "bea", frozenset({Scope.MESSAGES_SEND})), account=account.id
        )
    assert (await world.accounts.get(CASA, account.id)).status is AccountStatus.ACTIVE
