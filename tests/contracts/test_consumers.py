"""How far consumers of the event log have come: whose turn it is, and what counts as done."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from meta_inbox.domain.model.consuming import LEASE, ConsumerClaim
from meta_inbox.domain.model.ids import TenantId
from tests.contracts.backstage import Stores
from tests.contracts.scene import CASA, RIVAL, Scene, page_candidate, wrote

LEADS = "crm-leads"
AUDIT = "crm-audit"
HALF = LEASE / 2
SOON = timedelta(seconds=2)


async def claimed(stores: Stores, consumer: str = LEADS, tenant: TenantId | None = None) -> ConsumerClaim:
    """A log that there is more of."""
    found = await stores.consumers.claim(consumer, tenant)
    assert found is not None
    return found


async def test_a_new_consumer_begins_before_everything(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    claim = await claimed(stores)
    assert (claim.tenant_id, claim.seq, claim.attempt, claim.missed) == (CASA, None, 0, False)


async def test_without_events_there_is_nothing_to_claim(stores: Stores) -> None:
    assert await stores.consumers.claim(LEADS, None) is None
    assert await stores.consumers.claim(LEADS, CASA) is None


async def test_one_reader_at_a_time_has_a_log_and_consumers_do_not_know_one_another(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    await claimed(stores)
    assert await stores.consumers.claim(LEADS, None) is None
    assert (await claimed(stores, AUDIT)).seq is None


async def test_what_is_acknowledged_is_not_claimed_again_until_there_is_more(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    claim = await claimed(stores)
    assert await stores.consumers.advance(claim, 1)
    await stores.consumers.release(claim)
    assert await stores.consumers.claim(LEADS, None) is None
    await scene.happens(wrote("m-1"))
    assert (await claimed(stores)).seq == 1


async def test_what_is_given_back_is_claimed_at_once(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    claim = await claimed(stores)
    await stores.consumers.release(claim)
    assert (await claimed(stores)).seq is None


async def test_the_tenant_that_was_served_longest_ago_comes_first(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.connected(RIVAL, page_candidate("1002"))
    served: list[TenantId] = []
    for _ in range(4):
        claim = await claimed(stores)
        served.append(claim.tenant_id)
        await stores.consumers.release(claim)
    assert served == [CASA, RIVAL, CASA, RIVAL]


async def test_a_consumer_may_ask_for_one_tenant_alone(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.connected(RIVAL, page_candidate("1002"))
    assert (await claimed(stores, tenant=RIVAL)).tenant_id == RIVAL
    assert await stores.consumers.claim(LEADS, RIVAL) is None
    assert (await claimed(stores, tenant=CASA)).tenant_id == CASA


async def test_a_lease_that_ran_out_is_anothers_and_its_fence_changes_nothing(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"))
    stale = await claimed(stores)
    await stores.backstage.age_consumers(LEASE + SOON)
    fresh = await claimed(stores)
    assert not await stores.consumers.advance(stale, 2)
    assert not await stores.consumers.hold(stale)
    assert not await stores.consumers.put_off(stale, SOON)
    await stores.consumers.release(stale)
    assert await stores.consumers.claim(LEADS, None) is None
    assert await stores.consumers.advance(fresh, 1)
    await stores.consumers.release(fresh)
    assert (await claimed(stores)).seq == 1


async def test_holding_and_acknowledging_begin_the_lease_anew(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"))
    claim = await claimed(stores)
    for renew in (stores.consumers.hold(claim), stores.consumers.advance(claim, 1)):
        await stores.backstage.age_consumers(HALF + SOON)
        assert await renew
    await stores.backstage.age_consumers(HALF + SOON)
    assert await stores.consumers.claim(LEADS, None) is None


async def test_a_late_acknowledgement_counts_as_long_as_nobody_else_has_the_log(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"))
    claim = await claimed(stores)
    await stores.consumers.release(claim)
    assert not await stores.consumers.hold(claim)
    assert await stores.consumers.advance(claim, 1)
    assert (await claimed(stores)).seq == 1


async def test_an_earlier_acknowledgement_takes_nothing_back(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-2"))
    claim = await claimed(stores)
    for seq in (2, 1):
        assert await stores.consumers.advance(claim, seq)
    await stores.consumers.release(claim)
    assert (await claimed(stores)).seq == 2


async def test_what_is_put_off_comes_when_it_is_due_and_tells_how_often_it_failed(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    await scene.connected(RIVAL, page_candidate("1002"))
    claim = await claimed(stores)
    failed = replace(claim, seq=0, attempt=3, missed=True)
    assert await stores.consumers.put_off(failed, timedelta(seconds=20))
    other = await claimed(stores)
    assert other.tenant_id == RIVAL
    assert await stores.consumers.claim(LEADS, None) is None
    await stores.backstage.age_consumers(timedelta(seconds=21))
    again = await claimed(stores)
    assert (again.tenant_id, again.seq, again.attempt, again.missed) == (CASA, 0, 3, True)
    assert await stores.consumers.advance(again, 0)
    await stores.consumers.release(again)
    after = await claimed(stores)
    assert (after.attempt, after.missed) == (0, False)


async def test_that_something_was_lost_is_kept_until_somebody_is_told(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    claim = await claimed(stores)
    assert await stores.consumers.advance(claim, 1, missed=True)
    await stores.consumers.release(claim)
    await scene.happens(wrote("m-1"))
    assert (await claimed(stores)).missed


async def died(stores: Stores, *, handles: bool = True) -> ConsumerClaim:
    """A claim whose process ends without giving the log back."""
    claim = await stores.consumers.claim(LEADS, None, handles=handles)
    assert claim is not None
    await stores.backstage.age_consumers(LEASE + SOON)
    return claim


async def test_a_process_that_ends_over_what_follows_has_failed_at_it(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    assert [(await died(stores)).attempt for _ in range(3)] == [0, 1, 2]
    claim = await claimed(stores)
    assert (claim.seq, claim.attempt) == (None, 3)
    assert await stores.consumers.advance(claim, 1)
    await scene.happens(wrote("m-1"))
    await stores.consumers.release(claim)
    assert (await claimed(stores)).attempt == 0


async def test_the_end_of_a_loop_is_its_hosts_own_business(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    for _ in range(2):
        await died(stores, handles=False)
    assert (await claimed(stores)).attempt == 0


async def test_what_is_given_back_put_off_or_left_to_its_lease_is_no_failure(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    put_off = partial(stores.consumers.put_off, after=timedelta(0))
    for give_back in (stores.consumers.release, put_off, stores.consumers.leave):
        claim = await stores.consumers.claim(LEADS, None, handles=True)
        assert claim is not None
        await give_back(claim)
        await stores.backstage.age_consumers(LEASE + SOON)
    assert (await claimed(stores)).attempt == 0


async def test_a_log_that_is_left_to_its_lease_is_nobodys_until_then(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await stores.consumers.leave(await claimed(stores))
    assert await stores.consumers.claim(LEADS, None) is None


async def test_a_lease_that_runs_out_after_something_was_acknowledged_is_no_failure(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"))
    slow = await died(stores)
    assert await stores.consumers.advance(slow, 1)
    await stores.backstage.age_consumers(LEASE + SOON)
    claim = await claimed(stores)
    assert (claim.seq, claim.attempt) == (1, 0)
