"""A process that dies while sending leaves an unknown outcome, and may yet come back."""

import time
from collections.abc import Sequence
from datetime import timedelta

import pytest

from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import MessageId, MetaMessageId
from meta_inbox.domain.model.message import (
    MessageStatus,
    SendError,
)
from meta_inbox.domain.model.sending import Claim, Failed, Later, NeedsLogin, Outcome, Sent, Unknown, is_stale
from tests.contracts.backstage import Stores
from tests.contracts.scene import (
    CASA,
    OOPS,
    Scene,
)

SENT = Sent(meta_message_id=MetaMessageId("m-1"))
LEASE_OVER = timedelta(seconds=31)
UPDATED = EventType.MESSAGE_UPDATED


async def due(stores: Stores, limit: int = 20) -> list[MessageId]:
    """What is claimed, in order."""
    return [claim.message.id for claim in await stores.outbox.claim_due(limit)]


def kinds(told: Sequence[tuple[EventType, MessageId | None]]) -> list[EventType]:
    """Only what happened."""
    return [kind for kind, _ in told]


async def lost(scene: Scene) -> Claim:
    """The claim of a process that was not heard of for longer than its lease."""
    claim = await scene.sending(await scene.connected())
    await scene.stores.backstage.age_message(claim.message, LEASE_OVER)
    assert await scene.stores.outbox.expire_leases() == 1
    return claim


async def test_its_message_is_unknown_and_told(scene: Scene, stores: Stores) -> None:
    claim = await lost(scene)
    message = await scene.message(claim.message)
    assert message.status is MessageStatus.UNKNOWN
    assert message.error is not None
    assert kinds(await scene.told()) == [EventType.MESSAGE_CREATED, UPDATED]
    assert await stores.outbox.expire_leases() == 0
    assert await due(stores) == []


async def test_a_claim_says_since_when_it_may_hold(scene: Scene) -> None:
    account = await scene.connected()
    before = time.monotonic()
    claim = await scene.sending(account)
    assert before <= claim.since <= time.monotonic()
    assert not is_stale(claim.since, claim.since + 15)
    assert is_stale(claim.since, claim.since + 15.1)


async def test_a_living_lease_is_left_alone(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    assert await stores.outbox.expire_leases() == 0
    assert (await stores.outbox.settle(claim, SENT)).status is MessageStatus.SENT


@pytest.mark.parametrize(
    ("outcome", "status"), [(SENT, MessageStatus.SENT), (Failed(error=OOPS), MessageStatus.FAILED)]
)
async def test_when_it_returns_what_it_knows_ends_the_doubt(
    scene: Scene, stores: Stores, outcome: Outcome, status: MessageStatus
) -> None:
    claim = await lost(scene)
    assert (await stores.outbox.settle(claim, outcome)).status is status
    assert (await scene.message(claim.message)).status is status


@pytest.mark.parametrize(
    "outcome",
    [Unknown(error=OOPS), Later(error=OOPS, after=timedelta()), NeedsLogin(error=OOPS)],
)
async def test_when_it_returns_without_knowing_nothing_changes(
    scene: Scene, stores: Stores, outcome: Outcome
) -> None:
    claim = await lost(scene)
    before, told = await scene.message(claim.message), await scene.told()
    assert await stores.outbox.settle(claim, outcome) == before
    assert await scene.told() == told
    assert await due(stores) == []


async def test_a_stale_fence_does_not_settle_another_attempt(scene: Scene, stores: Stores) -> None:
    stale = await scene.sending(await scene.connected())
    await stores.outbox.settle(stale, Later(error=OOPS, after=timedelta()))
    fresh = await stores.outbox.claim(CASA, stale.message.id)
    assert fresh is not None
    late = SendError(code="late", detail="from a stale process")
    assert (await stores.outbox.settle(stale, Failed(error=late))).status is MessageStatus.SENDING
    assert (await stores.outbox.settle(fresh, SENT)).status is MessageStatus.SENT


async def test_an_outcome_is_recorded_once(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    settled = await stores.outbox.settle(claim, SENT)
    assert await stores.outbox.settle(claim, Failed(error=OOPS)) == settled
    assert kinds(await scene.told()) == [EventType.MESSAGE_CREATED, UPDATED]
