"""Who wrote: asked after the message is visible, and losing nothing when Meta does not tell."""

import pytest

from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.contact import ContactProfile
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.use_cases.fetch_profiles import FetchProfiles
from tests.contracts.scene import ANA, CASA, wrote
from tests.unit.doubles import World


def fetch(world: World) -> FetchProfiles:
    """The use case."""
    return FetchProfiles(accounts=world.accounts, conversations=world.conversations, graph=world.graph)


async def test_a_contact_gets_a_name(world: World) -> None:
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1"))
    world.graph.found = ContactProfile(name="Ana", username="ana")
    assert await fetch(world)() == 1
    assert (await world.scene.conversation(account)).contact.name == "Ana"
    world.later(days=2)
    assert await fetch(world)() == 0


@pytest.mark.parametrize("told", [None, RefusedByMeta("no consent")])
async def test_what_meta_does_not_tell_is_asked_again_after_a_day(
    world: World, told: RefusedByMeta | None
) -> None:
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1"))
    world.graph.trouble = told
    assert await fetch(world)() == 1
    world.later(hours=23)
    assert await fetch(world)() == 0
    world.later(hours=2)
    assert await fetch(world)() == 1
    assert len(await world.scene.messages(account)) == 1


@pytest.mark.parametrize("trouble", [GraphUnavailable("no answer"), AccessRevoked("dead token")])
async def test_an_outage_is_made_up_for_in_a_minute(world: World, trouble: Exception) -> None:
    await world.scene.connected()
    await world.scene.happens(wrote("m-1"))
    world.graph.trouble = trouble
    assert await fetch(world)() == 0
    assert await fetch(world)() == 0
    assert len(world.graph.calls) == 1
    world.later(minutes=1)
    assert await fetch(world)() == 0
    assert len(world.graph.calls) == 2


async def test_one_refusal_does_not_stop_the_others(world: World) -> None:
    await world.scene.connected()
    await world.scene.happens(wrote("m-1"), wrote("m-2", contact_id=ContactId("7009")))
    world.graph.trouble = RefusedByMeta("no consent")
    assert await fetch(world)() == 2
    assert {about for _, about in world.graph.calls} == {ANA, "7009"}


async def test_an_account_that_went_meanwhile_costs_nothing(world: World) -> None:
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1"))
    world.store.accounts[CASA, account.id].page_token = None
    world.store.accounts[CASA, account.id].user_token = None
    assert await fetch(world)() == 0
    assert world.graph.calls == []
