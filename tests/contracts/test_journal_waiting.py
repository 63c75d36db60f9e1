"""Items that could not be projected: claimed with a lease and a fence, tried again, quarantined."""

import asyncio
from datetime import timedelta

from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.ids import MetaMessageId
from tests.contracts.backstage import Stores
from tests.contracts.scene import Scene, wrote


async def states(scene: Scene) -> list[tuple[str, str | None]]:
    """What waits, and why."""
    return [(item.state, item.reason) for item in await scene.stores.backstage.items()]


async def test_a_failed_projection_keeps_the_body_and_costs_only_the_bad_item(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    await stores.backstage.break_projection(MetaMessageId("m-2"))
    await scene.happens(wrote("m-1"), wrote("m-2"), wrote("m-3"))
    assert len(await stores.backstage.bodies()) == 1
    assert {message.meta_message_id for message in await scene.messages(account)} == {"m-1", "m-3"}
    assert [state for state, _ in await states(scene)] == ["pending"]


async def test_what_was_mended_is_projected_on_the_next_try(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await stores.backstage.break_projection(MetaMessageId("m-1"))
    await scene.happens(wrote("m-1"))
    await stores.backstage.mend_projection(MetaMessageId("m-1"))
    assert await scene.settle_down() == 0
    await stores.backstage.age_items(timedelta(minutes=5))
    assert await scene.settle_down() == 1
    assert len(await scene.messages(account)) == 1
    assert len(await scene.told()) == 1
    assert await states(scene) == []


async def test_what_fails_five_times_is_quarantined_with_its_reason(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await stores.backstage.break_projection(MetaMessageId("m-1"))
    await scene.happens(wrote("m-1"))
    tried = 1
    while tried < 5:
        assert [state for state, _ in await states(scene)] == ["pending"]
        await stores.backstage.age_items(timedelta(minutes=5))
        tried += await scene.settle_down()
    ((state, reason),) = await states(scene)
    assert state == "quarantined"
    assert reason
    await stores.backstage.age_items(timedelta(minutes=5))
    assert await scene.settle_down() == 0


async def broken_then_mended(scene: Scene) -> None:
    """One item that waits, and could be projected now."""
    await scene.connected()
    await scene.stores.backstage.break_projection(MetaMessageId("m-1"))
    await scene.comes(wrote("m-1"))
    await scene.stores.backstage.mend_projection(MetaMessageId("m-1"))


async def test_an_item_is_claimed_by_one_worker_at_a_time(scene: Scene, stores: Stores) -> None:
    await broken_then_mended(scene)
    claims = await asyncio.gather(*(stores.journal.claim_due(10) for _ in range(5)))
    assert sorted(map(len, claims)) == [0, 0, 0, 0, 1]


async def test_items_are_claimed_in_order_of_arrival_and_no_more_than_asked_for(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    for n in range(3):
        await stores.backstage.break_projection(MetaMessageId(f"m-{n}"))
        await scene.comes(wrote(f"m-{n}"))
    claimed = [*await stores.journal.claim_due(2), *await stores.journal.claim_due(2)]
    assert [pending.body for pending in claimed] == await stores.backstage.bodies()


async def test_a_lost_claim_is_taken_over_and_the_stale_fence_changes_nothing(
    scene: Scene, stores: Stores
) -> None:
    await broken_then_mended(scene)
    (stale,) = await stores.journal.claim_due(10)
    await stores.backstage.age_items(timedelta(minutes=1))
    (fresh,) = await stores.journal.claim_due(10)
    assert fresh.attempt == stale.attempt + 1
    await stores.journal.project([(stale, wrote("m-1", "from the stale worker"))])
    assert await scene.told() == []
    await stores.journal.project([(fresh, wrote("m-1"))])
    await stores.journal.project([(fresh, wrote("m-1"))])
    assert len(await scene.told()) == 1


async def test_an_item_that_the_reader_no_longer_finds_is_quarantined(scene: Scene, stores: Stores) -> None:
    await broken_then_mended(scene)
    (pending,) = await stores.journal.claim_due(10)
    await stores.journal.project([(pending, None)])
    ((state, reason),) = await states(scene)
    assert state == "quarantined"
    assert reason


async def test_a_claimed_item_says_what_is_needed_to_read_it_again(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    at = scene.now - timedelta(seconds=30)
    await stores.backstage.break_projection(MetaMessageId("m-2"))
    await scene.comes(wrote("m-1"), wrote("m-2"), at=at)
    claimed = await stores.journal.claim_due(10)
    assert [pending.index for pending in claimed] == [0, 1]
    for pending in claimed:
        assert pending.signed_by is Login.FACEBOOK
        assert [pending.body] == await stores.backstage.bodies()
        assert abs(pending.received_at - at) < timedelta(minutes=1)
