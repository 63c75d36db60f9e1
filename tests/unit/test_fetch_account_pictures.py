"""Where accounts' pictures are: asked once a week, and losing nothing when Meta does not tell."""

from datetime import timedelta

import pytest

from meta_inbox.adapters.persistence.in_memory_account_pictures import InMemoryAccountPictures
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.use_cases.fetch_account_pictures import FetchAccountPictures
from tests.contracts.scene import CASA, PAGE, instagram_candidate
from tests.unit.doubles import World

OTHER = "https://cdn.example/new.jpg"


def days(number: float) -> timedelta:
    """So many days."""
    return timedelta(days=number)


def fetch(world: World) -> FetchAccountPictures:
    """The use case."""
    return FetchAccountPictures(
        accounts=world.accounts, pictures=InMemoryAccountPictures(world.store), graph=world.graph
    )


async def a_week_later(world: World) -> Account:
    """The Instagram account, whose picture is to be asked for again."""
    account = await world.scene.connected(candidate=instagram_candidate("9001", PAGE))
    assert await fetch(world)() == 0
    world.clock.advance(days(7))
    return account


async def test_the_new_address_is_kept_for_a_week(world: World) -> None:
    account = await a_week_later(world)
    world.graph.found_picture = OTHER
    assert await fetch(world)() == 1
    assert (await world.accounts.get(CASA, account.id)).profile_picture_url == OTHER
    world.clock.advance(days(6))
    assert await fetch(world)() == 0


async def test_a_picture_that_is_no_more_is_gone_here_too(world: World) -> None:
    account = await a_week_later(world)
    assert await fetch(world)() == 1
    assert (await world.accounts.get(CASA, account.id)).picture_id is None


@pytest.mark.parametrize("trouble", [RefusedByMeta("no"), AccessRevoked("dead token")])
async def test_what_meta_does_not_tell_stays_and_is_asked_for_tomorrow(
    world: World, trouble: Exception
) -> None:
    account = await a_week_later(world)
    world.graph.trouble = trouble
    assert await fetch(world)() == 1
    assert await world.accounts.get(CASA, account.id) == account
    world.graph.trouble = None
    world.clock.advance(days(0.9))
    assert await fetch(world)() == 0
    world.clock.advance(days(0.2))
    assert await fetch(world)() == 1


async def test_during_an_outage_nobody_hammers_meta(world: World) -> None:
    account = await a_week_later(world)
    world.graph.trouble = GraphUnavailable("no answer")
    assert await fetch(world)() == 0
    assert await fetch(world)() == 0
    assert world.graph.calls == [("picture", account.id)]
    world.clock.advance(days(0.01))
    world.graph.trouble, world.graph.found_picture = None, OTHER
    assert await fetch(world)() == 1
