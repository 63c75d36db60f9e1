"""What waits on an account that cannot send is asked now and then, and given up once it is too late."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from meta_inbox.domain.model.account import Account, StatusReason
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, MessageId, MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus, SendError
from meta_inbox.domain.model.parts import PART_NOT_SENT
from meta_inbox.domain.model.projection import GIVEN_UP
from meta_inbox.domain.model.sending import ASKED_EVERY, UPLOAD_LEASE, Later, Sent, Unknown, Waiting
from tests.contracts.backstage import Stores
from tests.contracts.parts import aged, part, put, settled, states
from tests.contracts.scene import CASA, OOPS, Scene

SECOND = timedelta(seconds=1)
CLOSED = SendError(code="window_closed", detail="it is over")
REASON = StatusReason(code="reauth_required", detail="dead")
THROTTLED = Later(
    error=SendError(code="rate_limited", detail="slow down"), after=timedelta(hours=3), whole_account=True
)


def ids(waiting: Sequence[Waiting]) -> list[MessageId]:
    """Of what is asked now."""
    return [each.message.id for each in waiting]


async def needing_login(scene: Scene) -> Account:
    """An account whose login is dead."""
    account = await scene.connected()
    await scene.stores.accounts.needs_login(CASA, account.id, REASON, as_of=account.connected_at)
    return account


async def waiting(scene: Scene, account: Account) -> Message:
    """An answer that has waited long enough to be asked."""
    message = await scene.answers(account)
    await scene.stores.backstage.age_message(message, ASKED_EVERY + SECOND)
    return message


async def test_what_waits_for_a_login_is_asked_now_and_then(scene: Scene, stores: Stores) -> None:
    account = await needing_login(scene)
    message = await scene.answers(account)
    assert await stores.outbox.claim_waiting(10) == []
    await stores.backstage.age_message(message, ASKED_EVERY + SECOND)
    (asked,) = await stores.outbox.claim_waiting(10)
    assert asked.message == await scene.message(message)
    assert (asked.disconnected, asked.resume_at) == (False, None)
    assert asked.content == await stores.outcomes.content_of(CASA, message.id)
    assert await stores.outbox.claim_waiting(10) == []
    await stores.backstage.age_message(message, ASKED_EVERY + SECOND)
    assert ids(await stores.outbox.claim_waiting(10)) == [message.id]


async def test_what_waits_for_its_turn_is_asked_when_it_is_claimed(scene: Scene, stores: Stores) -> None:
    await waiting(scene, await scene.connected())
    assert await stores.outbox.claim_waiting(10) == []


async def test_what_meta_holds_up_is_asked_with_when_it_may_go(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    refused = await stores.outbox.settle(await scene.sending(account, contact=ContactId("c-1")), THROTTLED)
    message = await waiting(scene, account)
    (asked,) = await stores.outbox.claim_waiting(10)
    assert (asked.message.id, asked.resume_at) == (message.id, refused.next_attempt_at)
    await stores.backstage.age_pauses(timedelta(hours=4))
    await stores.backstage.age_message(message, ASKED_EVERY + SECOND)
    assert await stores.outbox.claim_waiting(10) == []


async def test_several_processes_ask_of_each_once_the_oldest_first(scene: Scene, stores: Stores) -> None:
    account = await needing_login(scene)
    messages = [await scene.answers(account, contact=ContactId(f"c-{n}")) for n in range(6)]
    for n, message in enumerate(messages):
        await stores.backstage.age_message(message, timedelta(hours=1) - n * SECOND)
    assert set(ids(await stores.outbox.claim_waiting(2))) == {each.id for each in messages[:2]}
    found = await asyncio.gather(*(stores.outbox.claim_waiting(10) for _ in range(4)))
    assert sorted(each for some in found for each in ids(some)) == sorted(each.id for each in messages[2:])


async def test_what_is_given_up_has_failed_and_is_told(scene: Scene, stores: Stores) -> None:
    account = await needing_login(scene)
    message = await waiting(scene, account)
    await stores.outbox.give_up(message, CLOSED)
    given_up = await scene.message(message)
    assert (given_up.status, given_up.error, given_up.next_attempt_at) == (
        MessageStatus.FAILED,
        CLOSED,
        None,
    )
    assert (await scene.told())[-1] == (EventType.MESSAGE_UPDATED, message.id)
    assert await stores.outcomes.content_of(CASA, message.id) is not None, "it can be sent again"
    told = len(await scene.told())
    await stores.outbox.give_up(message, OOPS)
    assert await scene.message(message) == given_up
    assert len(await scene.told()) == told
    await scene.connected()
    assert await stores.outbox.claim_due(10) == []


async def test_what_may_have_arrived_before_is_unknown(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await stores.outbox.settle(claim, Unknown(error=OOPS))
    await stores.outcomes.put_back(CASA, [claim.message.id], human_agent=False)
    await stores.outbox.give_up(claim.message, CLOSED)
    message = await scene.message(claim.message)
    assert (message.status, message.error) == (MessageStatus.UNKNOWN, CLOSED)


async def test_what_has_left_or_is_anothers_decision_is_not_given_up(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    sending = await scene.message(claim.message)
    await stores.outbox.give_up(claim.message, CLOSED)
    assert await scene.message(claim.message) == sending
    await stores.outbox.settle(claim, Unknown(error=OOPS))
    (queued,) = await stores.outcomes.put_back(CASA, [claim.message.id], human_agent=True)
    await stores.outbox.give_up(replace(queued, human_agent=False), CLOSED)
    assert await scene.message(queued) == queued


async def test_the_parts_behind_end_with_it(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    whole = await put(scene, account)
    await settled(scene, whole, 0)
    await stores.accounts.needs_login(CASA, account.id, REASON, as_of=account.connected_at)
    await aged(scene, whole, ASKED_EVERY + SECOND)
    asked = {each.message.id: each.message for each in await stores.outbox.claim_waiting(10)}
    told = len(await scene.told())
    await stores.outbox.give_up(asked[part(whole, 1)], CLOSED)
    await stores.outbox.give_up(asked[part(whole, 2)], CLOSED)
    seen = await scene.message(whole)
    assert states(seen) == [MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.FAILED]
    behind = seen.parts[2].error
    assert behind == PART_NOT_SENT
    assert (await scene.told())[told:] == [(EventType.MESSAGE_UPDATED, whole.id)]


async def test_what_a_dead_process_left_on_a_disconnected_account_is_found(
    scene: Scene, stores: Stores
) -> None:
    claim = await scene.sending(await scene.connected())
    await stores.outbox.hold(claim, UPLOAD_LEASE, handing_over=True)
    await stores.accounts.disconnect(CASA, claim.message.account_id)
    await stores.backstage.age_message(claim.message, ASKED_EVERY + SECOND)
    assert await stores.outbox.expire_leases() == 1
    (asked,) = await stores.outbox.claim_waiting(10)
    assert asked.disconnected
    await stores.outbox.give_up(asked.message, GIVEN_UP)
    assert (await scene.message(claim.message)).error == GIVEN_UP
    assert await stores.outcomes.content_of(CASA, claim.message.id) is None


async def test_giving_up_and_claiming_at_the_same_instant_agree(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    for n in range(6):
        message = await scene.answers(account, contact=ContactId(f"c-{n}"))
        claim, _ = await asyncio.gather(
            stores.outbox.claim(CASA, message.id), stores.outbox.give_up(message, CLOSED)
        )
        status = (await scene.message(message)).status
        assert status is (MessageStatus.FAILED if claim is None else MessageStatus.SENDING)
        if claim is not None:
            await stores.outbox.settle(claim, Sent(meta_message_id=MetaMessageId(f"m-{n}")))
