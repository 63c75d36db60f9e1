"""Tickets for live connections: each good once, and soon."""

import asyncio
from datetime import timedelta

import pytest

from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.live import LivePass
from meta_inbox.domain.model.oauth_state import new_handle
from tests.contracts.backstage import Stores
from tests.contracts.scene import BEA, CASA, Scene

LIFE = timedelta(seconds=30)
BEAS = LivePass(tenant_id=CASA, user_id=BEA)


async def test_a_ticket_tells_whom_it_lets_in_and_until_when(scene: Scene, stores: Stores) -> None:
    ends_at = scene.now.replace(microsecond=0) + timedelta(minutes=5)
    ticket, other = new_handle(), new_handle()
    expires_at = await stores.live_tickets.put(ticket, BEAS, LIFE)
    await stores.live_tickets.put(other, LivePass(tenant_id=CASA, user_id=BEA, ends_at=ends_at), LIFE)
    assert timedelta(seconds=25) < expires_at - scene.now <= LIFE
    assert await stores.live_tickets.take(ticket) == BEAS
    assert (await stores.live_tickets.take(other)).ends_at == ends_at


async def test_nobody_comes_in_twice_by_one_ticket(stores: Stores) -> None:
    ticket = new_handle()
    await stores.live_tickets.put(ticket, BEAS, LIFE)
    tries = await asyncio.gather(
        *(stores.live_tickets.take(ticket) for _ in range(5)), return_exceptions=True
    )
    assert sorted(type(each) is LivePass for each in tries) == [False, False, False, False, True]
    assert all(isinstance(each, LivePass | NotFound) for each in tries)


async def test_a_ticket_that_is_too_old_lets_nobody_in(stores: Stores) -> None:
    ticket = new_handle()
    await stores.live_tickets.put(ticket, BEAS, LIFE)
    await stores.backstage.age_live_tickets(timedelta(seconds=31))
    with pytest.raises(NotFound):
        await stores.live_tickets.take(ticket)


async def test_old_tickets_are_in_nobodys_way(stores: Stores) -> None:
    await stores.live_tickets.put(new_handle(), BEAS, LIFE)
    await stores.backstage.age_live_tickets(timedelta(seconds=31))
    fresh = new_handle()
    await stores.live_tickets.put(fresh, BEAS, LIFE)
    assert await stores.live_tickets.take(fresh) == BEAS


async def test_a_ticket_that_never_was_lets_nobody_in(stores: Stores) -> None:
    with pytest.raises(NotFound):
        await stores.live_tickets.take(new_handle())
