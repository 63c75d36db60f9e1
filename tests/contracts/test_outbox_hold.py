"""A claim is held for as long as something takes that must come before the send."""

import asyncio
from datetime import timedelta

from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import MessageStatus
from meta_inbox.domain.model.sending import LEASE, UPLOAD_LEASE, Later, Sent
from tests.contracts.backstage import Stores
from tests.contracts.scene import CASA, OOPS, Scene

SENT = Sent(meta_message_id=MetaMessageId("m-1"))


async def test_a_held_claim_outlives_its_first_lease(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    assert await stores.outbox.hold(claim, UPLOAD_LEASE)
    await stores.backstage.age_message(claim.message, LEASE + timedelta(seconds=1))
    assert await stores.outbox.expire_leases() == 0
    assert await stores.outbox.hold(claim, LEASE)
    await stores.backstage.age_message(claim.message, LEASE + timedelta(seconds=1))
    assert await stores.outbox.expire_leases() == 1


async def test_it_can_be_held_again_and_again_and_then_settled(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    for _ in range(5):
        await stores.backstage.age_message(claim.message, timedelta(seconds=20))
        assert await stores.outbox.hold(claim, LEASE)
    assert await stores.outbox.expire_leases() == 0
    assert (await stores.outbox.settle(claim, SENT)).status is MessageStatus.SENT


async def test_what_was_given_up_cannot_be_held(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    await stores.backstage.age_message(claim.message, LEASE + timedelta(seconds=1))
    assert await stores.outbox.expire_leases() == 1
    assert not await stores.outbox.hold(claim, LEASE)
    assert (await scene.message(claim.message)).status is MessageStatus.UNKNOWN


async def test_a_stale_fence_holds_nothing_of_another_attempt(scene: Scene, stores: Stores) -> None:
    stale = await scene.sending(await scene.connected())
    await stores.outbox.settle(stale, Later(error=OOPS, after=timedelta()))
    assert not await stores.outbox.hold(stale, LEASE)
    fresh = await stores.outbox.claim(CASA, stale.message.id)
    assert fresh is not None
    assert not await stores.outbox.hold(stale, timedelta(hours=1))
    assert await stores.outbox.hold(fresh, LEASE)
    await stores.backstage.age_message(fresh.message, LEASE + timedelta(seconds=1))
    assert await stores.outbox.expire_leases() == 1


async def test_what_was_settled_cannot_be_held(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    await stores.outbox.settle(claim, SENT)
    assert not await stores.outbox.hold(claim, LEASE)


async def test_holding_and_giving_up_at_the_same_instant_agree(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    for _ in range(10):
        claim = await scene.sending(account)
        await stores.backstage.age_message(claim.message, LEASE + timedelta(seconds=1))
        held, *_ = await asyncio.gather(
            stores.outbox.hold(claim, LEASE), stores.outbox.expire_leases(), stores.outbox.expire_leases()
        )
        status = (await scene.message(claim.message)).status
        assert status is (MessageStatus.SENDING if held else MessageStatus.UNKNOWN)
        await stores.outbox.settle(claim, SENT)
        await stores.backstage.age_message(claim.message, timedelta(minutes=1))


async def test_a_process_that_ends_while_a_file_goes_to_meta_leaves_nothing_in_doubt(
    scene: Scene, stores: Stores
) -> None:
    lost = await scene.sending(await scene.connected())
    assert await stores.outbox.hold(lost, UPLOAD_LEASE, handing_over=True)
    await stores.backstage.age_message(lost.message, UPLOAD_LEASE + timedelta(seconds=1))
    told = len(await scene.told())
    assert await stores.outbox.expire_leases() == 1
    waiting = await scene.message(lost.message)
    assert (waiting.status, waiting.error) == (MessageStatus.QUEUED, None)
    assert (await scene.told())[told:] == [(EventType.MESSAGE_UPDATED, waiting.id)]
    assert not await stores.outbox.hold(lost, LEASE), "whoever was only slow sends nothing"
    assert await stores.outbox.settle(lost, Later(error=OOPS, after=timedelta())) == waiting
    (again,) = await stores.outbox.claim_due(10)
    assert not await stores.outbox.hold(lost, LEASE)
    assert (await stores.outbox.settle(again, SENT)).status is MessageStatus.SENT


async def test_right_before_the_send_it_is_in_doubt_again(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    assert await stores.outbox.hold(claim, UPLOAD_LEASE, handing_over=True)
    assert await stores.outbox.hold(claim, LEASE)
    await stores.backstage.age_message(claim.message, LEASE + timedelta(seconds=1))
    assert await stores.outbox.expire_leases() == 1
    assert (await scene.message(claim.message)).status is MessageStatus.UNKNOWN


async def test_so_is_the_next_attempt_from_its_beginning(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    assert await stores.outbox.hold(claim, UPLOAD_LEASE, handing_over=True)
    await stores.outbox.settle(claim, Later(error=OOPS, after=timedelta()))
    assert await stores.outbox.claim(CASA, claim.message.id) is not None
    await stores.backstage.age_message(claim.message, LEASE + timedelta(seconds=1))
    assert await stores.outbox.expire_leases() == 1
    assert (await scene.message(claim.message)).status is MessageStatus.UNKNOWN
