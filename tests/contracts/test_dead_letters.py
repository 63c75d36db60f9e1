"""Events that a handler failed at for good: listed, handled once more, or forgotten."""

from datetime import timedelta

import pytest

from meta_inbox.domain.model.consuming import LEASE, ConsumerClaim
from meta_inbox.domain.model.event import Event
from tests.contracts.backstage import Stores
from tests.contracts.scene import CASA, RIVAL, Scene, page_candidate, wrote

LEADS = "crm-leads"
WHY = "ValueError at crm.leads:42 make_lead"


@pytest.fixture
async def written(scene: Scene, stores: Stores) -> Event:
    """Ana wrote, which is the second event of the log."""
    await scene.connected()
    await scene.happens(wrote("m-1"))
    (event,) = (await stores.events.read(CASA, 1, 1)).events
    return event


async def claimed(stores: Stores) -> ConsumerClaim:
    """The log, in hand."""
    found = await stores.consumers.claim(LEADS, None)
    assert found is not None
    return found


async def set_aside(stores: Stores, event: Event) -> None:
    """A handler failed at it for good, and ended."""
    claim = await claimed(stores)
    assert await stores.dead_letters.add(claim, event.logged, 5, WHY)
    await stores.consumers.release(claim)


async def test_what_is_set_aside_is_listed_and_the_log_goes_on_behind_it(
    scene: Scene, stores: Stores, written: Event
) -> None:
    await set_aside(stores, written)
    (letter,) = await stores.dead_letters.of(LEADS, CASA, 10)
    assert (letter.id, letter.type, letter.at, letter.tenant_id) == (
        written.id,
        written.type,
        written.at,
        CASA,
    )
    assert (letter.consumer, letter.attempts, letter.error, letter.waits) == (LEADS, 5, WHY, False)
    assert await stores.consumers.claim(LEADS, None) is None
    await scene.happens(wrote("m-2"))
    assert (await claimed(stores)).seq == written.seq


async def test_the_list_is_one_consumers_and_one_tenants_if_so_asked(
    scene: Scene, stores: Stores, written: Event
) -> None:
    await scene.connected(RIVAL, page_candidate("1002"))
    await set_aside(stores, written)
    for consumer, tenant, count in ((None, None, 1), ("other", None, 0), (None, RIVAL, 0), (LEADS, CASA, 1)):
        assert len(await stores.dead_letters.of(consumer, tenant, 10)) == count


async def test_an_event_is_told_as_it_now_is_whatever_the_log_still_has(
    stores: Stores, written: Event
) -> None:
    await set_aside(stores, written)
    (letter,) = await stores.dead_letters.of(LEADS, None, 10)
    await stores.backstage.forget_events(CASA, up_to=2)
    assert await stores.events.tell(CASA, [letter.event]) == [written]


async def test_one_is_handled_once_more_by_whoever_has_the_log_and_is_gone(
    stores: Stores, written: Event
) -> None:
    await set_aside(stores, written)
    assert await stores.dead_letters.claim(LEADS) is None
    assert await stores.dead_letters.replay(LEADS, None, [written.id]) == 1
    found = await stores.dead_letters.claim(LEADS)
    assert found is not None
    claim, letter = found
    assert (letter.id, letter.waits) == (written.id, True)
    assert await stores.dead_letters.claim(LEADS) is None
    assert await stores.consumers.hold(claim)
    assert await stores.dead_letters.settle(claim, letter, None)
    assert await stores.dead_letters.of(None, None, 10) == []


async def test_one_that_fails_once_more_is_back_in_the_list(stores: Stores, written: Event) -> None:
    await set_aside(stores, written)
    await stores.dead_letters.replay(None, None, None)
    found = await stores.dead_letters.claim(LEADS)
    assert found is not None
    assert await stores.dead_letters.settle(*found, "KeyError at crm.leads:7 make_lead")
    (letter,) = await stores.dead_letters.of(LEADS, None, 10)
    assert (letter.attempts, letter.error, letter.waits) == (6, "KeyError at crm.leads:7 make_lead", False)
    await stores.consumers.release(found[0])
    assert await stores.dead_letters.claim(LEADS) is None


async def test_what_is_asked_for_while_it_is_handled_is_handled_once_more(
    stores: Stores, written: Event
) -> None:
    await set_aside(stores, written)
    await stores.dead_letters.replay(LEADS, None, None)
    found = await stores.dead_letters.claim(LEADS)
    assert found is not None
    assert await stores.dead_letters.replay(LEADS, None, None) == 1
    assert await stores.dead_letters.settle(*found, WHY)
    await stores.consumers.release(found[0])
    again = await stores.dead_letters.claim(LEADS)
    assert again is not None
    assert again[1].id == written.id


async def test_a_stale_fence_sets_nothing_aside_and_settles_nothing(stores: Stores, written: Event) -> None:
    await set_aside(stores, written)
    await stores.dead_letters.replay(LEADS, None, None)
    found = await stores.dead_letters.claim(LEADS)
    assert found is not None
    await stores.backstage.age_consumers(LEASE + timedelta(seconds=1))
    fresh = await stores.dead_letters.claim(LEADS)
    assert fresh is not None
    assert not await stores.dead_letters.settle(*found, None)
    assert not await stores.dead_letters.add(found[0], written.logged, 9, WHY)
    (letter,) = await stores.dead_letters.of(LEADS, None, 10)
    assert (letter.attempts, letter.waits) == (5, True)
    assert await stores.dead_letters.settle(*fresh, None)


async def test_some_or_all_are_forgotten(stores: Stores, written: Event) -> None:
    await set_aside(stores, written)
    assert await stores.dead_letters.discard(LEADS, None, ["another"]) == 0
    assert await stores.dead_letters.discard("other", None, None) == 0
    assert await stores.dead_letters.discard(LEADS, RIVAL, None) == 0
    assert await stores.dead_letters.discard(LEADS, CASA, [written.id]) == 1
    assert await stores.dead_letters.of(None, None, 10) == []


async def test_whoever_takes_one_over_learns_that_the_process_before_ended(
    scene: Scene, stores: Stores, written: Event
) -> None:
    await set_aside(stores, written)
    await scene.happens(wrote("m-2"))
    await stores.dead_letters.replay(LEADS, None, None)
    for attempt in (0, 1):
        found = await stores.dead_letters.claim(LEADS)
        assert found is not None
        assert found[0].attempt == attempt
        await stores.backstage.age_consumers(LEASE + timedelta(seconds=1))
    assert (await claimed(stores)).attempt == 0


async def test_one_that_comes_before_a_log_whose_process_ended_does_not_hide_that(
    scene: Scene, stores: Stores, written: Event
) -> None:
    await set_aside(stores, written)
    await scene.happens(wrote("m-2"))
    assert await stores.consumers.claim(LEADS, None, handles=True) is not None
    await stores.backstage.age_consumers(LEASE + timedelta(seconds=1))
    await stores.dead_letters.replay(LEADS, None, None)
    found = await stores.dead_letters.claim(LEADS)
    assert found is not None
    assert found[0].attempt == 0
    await stores.consumers.release(found[0])
    assert (await claimed(stores)).attempt == 1
