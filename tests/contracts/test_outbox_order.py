"""The outbox's order: within a conversation one after the other, between accounts in turns."""

from datetime import timedelta

import pytest

from meta_inbox.domain.model.ids import ContactId, MessageId, MetaMessageId
from meta_inbox.domain.model.sending import Failed, Later, NeedsLogin, Outcome, Sent, Unknown
from tests.contracts.backstage import Stores
from tests.contracts.scene import (
    CASA,
    OOPS,
    PAGE,
    RIVAL,
    RUI,
    Scene,
    instagram_candidate,
    page_candidate,
)

SENT = Sent(meta_message_id=MetaMessageId("m-1"))


async def due(stores: Stores, limit: int = 20) -> list[MessageId]:
    """What is claimed, in order."""
    return [claim.message.id for claim in await stores.outbox.claim_due(limit)]


async def test_the_second_waits_for_the_first(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    first, second = await scene.answers(account, "1"), await scene.answers(account, "2")
    assert await stores.outbox.claim(CASA, second.id) is None
    (claim,) = await stores.outbox.claim_due(10)
    assert claim.message.id == first.id
    assert await stores.outbox.claim(CASA, second.id) is None
    await stores.outbox.settle(claim, SENT)
    assert await due(stores) == [second.id]


@pytest.mark.parametrize("outcome", [Later(error=OOPS, after=timedelta(minutes=1)), NeedsLogin(error=OOPS)])
async def test_the_second_does_not_overtake_one_that_is_retried(
    scene: Scene, stores: Stores, outcome: Outcome
) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    second = await scene.answers(account)
    await stores.outbox.settle(claim, outcome)
    assert await stores.outbox.claim(CASA, second.id) is None


async def test_a_failure_lets_the_next_go(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    second = await scene.answers(account)
    await stores.outbox.settle(claim, Failed(error=OOPS))
    assert await due(stores) == [second.id]


async def test_an_unknown_one_holds_the_next_up_for_half_a_minute(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    second = await scene.answers(account)
    await stores.outbox.settle(claim, Unknown(error=OOPS))
    assert await due(stores) == []
    await stores.backstage.age_message(claim.message, timedelta(seconds=31))
    assert await due(stores) == [second.id]


async def test_other_conversations_do_not_wait(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    first = await scene.answers(account)
    other = await scene.answers(account, contact=RUI)
    assert set(await due(stores)) == {first.id, other.id}


async def test_a_busy_account_does_not_hold_up_another(scene: Scene, stores: Stores) -> None:
    busy = await scene.connected()
    for n in range(20):
        await scene.answers(busy, contact=ContactId(f"c-{n}"))
    quiet = [await scene.connected(candidate=page_candidate(page)) for page in ("2", "3")]
    rival = await scene.connected(RIVAL, instagram_candidate("9001", PAGE))
    waiting = {(await scene.answers(account)).id for account in [*quiet, rival]}
    assert waiting <= set(await due(stores, 4))


async def test_no_more_are_claimed_than_asked_for(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    for n in range(5):
        await scene.answers(account, contact=ContactId(f"c-{n}"))
    assert [len(await due(stores, 2)) for _ in range(4)] == [2, 2, 1, 0]
