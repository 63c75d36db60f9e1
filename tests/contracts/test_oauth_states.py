"""Attempts to connect: every handle works once, for the one it was made for."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.ids import TenantId, UserId
from meta_inbox.domain.model.oauth_state import (
    COMPLETION_LIFE,
    STATE_LIFE,
    TICKET_LIFE,
    OAuthState,
    new_handle,
)
from meta_inbox.domain.model.secret import Secret
from tests.contracts.backstage import Stores
from tests.contracts.scene import BEA, CASA, RIVAL, Scene

LATER = timedelta(seconds=1)


async def begun(scene: Scene, state: OAuthState) -> tuple[Secret, Secret]:
    """The state and browser handles of an attempt that stands at Meta's dialog."""
    ticket, handle, browser = new_handle(), new_handle(), new_handle()
    await scene.stores.states.put(state, ticket, TICKET_LIFE)
    await scene.stores.states.authorize(ticket, handle, browser, STATE_LIFE)
    return handle, browser


async def completable(scene: Scene) -> Secret:
    """The handle of a completion of Bea's."""
    state, completion = scene.state(), new_handle()
    handle, browser = await begun(scene, state)
    await scene.stores.states.consume(handle, browser, Login.FACEBOOK)
    await scene.stores.states.put_completion(state, completion, scene.grant(), COMPLETION_LIFE)
    return completion


async def winners(attempt: Callable[[], Awaitable[object]]) -> int:
    """How many of twenty at the same instant succeed; the others find nothing."""
    results = await asyncio.gather(*(attempt() for _ in range(20)), return_exceptions=True)
    lost = [result for result in results if isinstance(result, BaseException)]
    assert all(isinstance(result, NotFound) for result in lost)
    return len(results) - len(lost)


async def test_a_ticket_says_when_it_expires(scene: Scene, stores: Stores) -> None:
    before = stores.clock.now()
    expires_at = await stores.states.put(scene.state(), new_handle(), TICKET_LIFE)
    assert timedelta(seconds=59) < expires_at - before < timedelta(seconds=62)


async def test_the_state_that_comes_back_is_the_one_that_was_begun(scene: Scene, stores: Stores) -> None:
    state, ticket, handle, browser = scene.state(), new_handle(), new_handle(), new_handle()
    await stores.states.put(state, ticket, TICKET_LIFE)
    assert await stores.states.authorize(ticket, handle, browser, STATE_LIFE) == state
    assert await stores.states.consume(handle, browser, Login.FACEBOOK) == state


async def test_one_of_twenty_uses_the_ticket(scene: Scene, stores: Stores) -> None:
    ticket = new_handle()
    await stores.states.put(scene.state(), ticket, TICKET_LIFE)
    assert await winners(lambda: stores.states.authorize(ticket, new_handle(), new_handle(), STATE_LIFE)) == 1


async def test_one_of_twenty_uses_the_state(scene: Scene, stores: Stores) -> None:
    handle, browser = await begun(scene, scene.state())
    assert await winners(lambda: stores.states.consume(handle, browser, Login.FACEBOOK)) == 1


async def test_one_of_twenty_takes_the_completion(scene: Scene, stores: Stores) -> None:
    completion = await completable(scene)
    assert await winners(lambda: stores.states.take_completion(CASA, BEA, completion)) == 1


async def test_an_unknown_handle_is_not_found(stores: Stores) -> None:
    with pytest.raises(NotFound):
        await stores.states.authorize(new_handle(), new_handle(), new_handle(), STATE_LIFE)
    with pytest.raises(NotFound):
        await stores.states.consume(new_handle(), new_handle(), Login.FACEBOOK)
    with pytest.raises(NotFound):
        await stores.states.peek_completion(CASA, BEA, new_handle())


async def test_another_browser_does_not_use_the_state_up(scene: Scene, stores: Stores) -> None:
    handle, browser = await begun(scene, scene.state())
    with pytest.raises(NotFound):
        await stores.states.consume(handle, new_handle(), Login.FACEBOOK)
    await stores.states.consume(handle, browser, Login.FACEBOOK)


async def test_another_login_does_not_use_the_state_up(scene: Scene, stores: Stores) -> None:
    handle, browser = await begun(scene, scene.state())
    with pytest.raises(NotFound):
        await stores.states.consume(handle, browser, Login.INSTAGRAM)
    await stores.states.consume(handle, browser, Login.FACEBOOK)


async def test_two_tabs_of_one_browser_each_have_their_state(scene: Scene, stores: Stores) -> None:
    browser, first, second = new_handle(), new_handle(), new_handle()
    for handle in (first, second):
        ticket = new_handle()
        await stores.states.put(scene.state(), ticket, TICKET_LIFE)
        await stores.states.authorize(ticket, handle, browser, STATE_LIFE)
    await stores.states.consume(second, browser, Login.FACEBOOK)
    await stores.states.consume(first, browser, Login.FACEBOOK)


async def test_an_expired_ticket_is_not_found(scene: Scene, stores: Stores) -> None:
    ticket = new_handle()
    await stores.states.put(scene.state(), ticket, TICKET_LIFE)
    await stores.backstage.age_ticket(ticket, TICKET_LIFE + LATER)
    with pytest.raises(NotFound):
        await stores.states.authorize(ticket, new_handle(), new_handle(), STATE_LIFE)


async def test_an_expired_state_is_not_found(scene: Scene, stores: Stores) -> None:
    handle, browser = await begun(scene, scene.state())
    await stores.backstage.age_state(handle, STATE_LIFE + LATER)
    with pytest.raises(NotFound):
        await stores.states.consume(handle, browser, Login.FACEBOOK)


async def test_a_state_outlives_its_ticket(scene: Scene, stores: Stores) -> None:
    handle, browser = await begun(scene, scene.state())
    await stores.backstage.age_state(handle, STATE_LIFE - timedelta(seconds=30))
    await stores.states.consume(handle, browser, Login.FACEBOOK)


async def test_an_expired_completion_is_not_found(scene: Scene, stores: Stores) -> None:
    completion = await completable(scene)
    await stores.backstage.age_completion(completion, COMPLETION_LIFE + LATER)
    with pytest.raises(NotFound):
        await stores.states.peek_completion(CASA, BEA, completion)
    with pytest.raises(NotFound):
        await stores.states.take_completion(CASA, BEA, completion)


async def test_looking_at_a_completion_does_not_use_it_up(scene: Scene, stores: Stores) -> None:
    completion = await completable(scene)
    for _ in range(3):
        await stores.states.peek_completion(CASA, BEA, completion)
    await stores.states.take_completion(CASA, BEA, completion)
    with pytest.raises(NotFound):
        await stores.states.peek_completion(CASA, BEA, completion)


async def test_a_completion_holds_all_that_the_login_gave(scene: Scene, stores: Stores) -> None:
    state, grant, completion = scene.state(), scene.grant(), new_handle()
    handle, browser = await begun(scene, state)
    await stores.states.consume(handle, browser, Login.FACEBOOK)
    await stores.states.put_completion(state, completion, grant, COMPLETION_LIFE)
    opened = await stores.states.take_completion(CASA, BEA, completion)
    assert opened.state == state
    assert opened.grant == grant


@pytest.mark.parametrize("who", [(RIVAL, BEA), (CASA, UserId("rui"))])
async def test_somebody_else_neither_sees_nor_spends_a_completion(
    scene: Scene, stores: Stores, who: tuple[TenantId, UserId]
) -> None:
    completion = await completable(scene)
    with pytest.raises(NotFound):
        await stores.states.peek_completion(*who, completion)
    with pytest.raises(NotFound):
        await stores.states.take_completion(*who, completion)
    await stores.states.take_completion(CASA, BEA, completion)
