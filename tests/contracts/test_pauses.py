"""Meta asks an account to send more slowly: all of it waits, says until when, and then finds out by one."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, MessageId, MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin, SendError
from meta_inbox.domain.model.sending import SENDS_AT_ONCE, Claim, Failed, Later, NeedsLogin, Sent, Unknown
from tests.contracts.backstage import Stores
from tests.contracts.parts import put, sending
from tests.contracts.scene import CASA, OOPS, RIVAL, Scene, echo, instagram_candidate, page_candidate

SLOWER = SendError(
    code="rate_limited",
    detail="slower",
    meta_code=613,
    meta_subcode=2534040,
    fbtrace_id="A1",
    user_title="Devagar",
)
MINUTE = timedelta(minutes=1)
THROTTLED = Later(error=SLOWER, after=5 * MINUTE, whole_account=True)
SENT = Sent(meta_message_id=MetaMessageId("m-1"))


async def due(stores: Stores, limit: int = 50) -> list[MessageId]:
    """What is claimed, in order."""
    return [claim.message.id for claim in await stores.outbox.claim_due(limit)]


async def queue(scene: Scene, account: Account, count: int, *, of: str = "c") -> list[Message]:
    """Answers to as many contacts."""
    return [await scene.answers(account, contact=ContactId(f"{of}-{n}")) for n in range(count)]


async def throttled(scene: Scene, account: Account, outcome: Later = THROTTLED) -> Message:
    """An answer that Meta refused for its rate."""
    return await scene.stores.outbox.settle(await scene.sending(account), outcome)


async def left(scene: Scene, messages: Sequence[Message]) -> list[timedelta | None]:
    """How long each still waits, to the minute."""
    found = [(await scene.message(each)).next_attempt_at for each in messages]
    return [None if at is None else MINUTE * round((at - scene.now) / MINUTE) for at in found]


async def test_the_account_waits_and_every_message_says_until_when(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    before = await scene.answers(account, contact=ContactId("c-0"))
    first = await throttled(scene, account)
    after = await scene.answers(account, contact=ContactId("c-1"))
    assert await left(scene, [before, first, after]) == [5 * MINUTE] * 3
    errors = [(await scene.message(each)).error for each in (before, after)]
    assert [(error.code, error.meta_code, error.fbtrace_id) for error in errors if error] == [
        ("rate_limited", 613, None)
    ] * 2
    assert first.error is not None
    assert (first.error.code, first.error.user_title) == ("rate_limited", "Devagar")
    listed = await scene.messages(account, ContactId("c-1"))
    assert [message.next_attempt_at for message in listed] == [(await scene.message(after)).next_attempt_at]
    assert await stores.outbox.claim(CASA, after.id) is None
    assert await due(stores) == []


async def test_people_are_told_of_what_waits_once(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claims = [await scene.sending(account, contact=ContactId(f"s-{n}")) for n in range(3)]
    waiting = await queue(scene, account, 2)
    for claim in claims:
        await stores.outbox.settle(claim, THROTTLED)
    told = [id_ for type_, id_ in await scene.told() if id_ and type_ is EventType.MESSAGE_UPDATED]
    assert sorted(told) == sorted([*(claim.message.id for claim in claims), *(each.id for each in waiting)])


async def test_of_a_message_in_parts_people_are_told_as_one(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    mine, other = await put(scene, account), await put(scene, account, contact=ContactId("c-1"))
    claim = await sending(scene, mine, 0)
    await stores.outbox.settle(claim, THROTTLED)
    told = [id_ for type_, id_ in await scene.told() if id_ and type_ is EventType.MESSAGE_UPDATED]
    assert sorted(told) == sorted([mine.id, other.id])


async def test_another_account_goes_at_once(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await throttled(scene, account)
    sibling = await scene.connected(candidate=instagram_candidate("9001", "1001"))
    rival = await scene.connected(RIVAL, page_candidate("2"))
    others = [await scene.answers(sibling), await scene.answers(rival)]
    assert await left(scene, others) == [None, None]
    assert set(await due(stores)) == {each.id for each in others}


async def test_after_the_pause_one_message_finds_out(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    first = await throttled(scene, account)
    await queue(scene, account, 10)
    await stores.backstage.age_pauses(6 * MINUTE)
    await stores.backstage.age_message(first, 6 * MINUTE)
    (probe,) = await stores.outbox.claim_due(50)
    assert await due(stores) == []
    await stores.backstage.age_pauses(timedelta(seconds=1))
    assert len(await due(stores)) == 1
    await stores.outbox.settle(probe, SENT)
    assert len(await due(stores)) == 9


async def test_not_more_than_one_a_second_leaves_whoever_asks(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await throttled(scene, account)
    messages = await queue(scene, account, 10)
    await stores.backstage.age_pauses(6 * MINUTE)
    claims = await asyncio.gather(
        *(stores.outbox.claim(CASA, each.id) for each in messages),
        *(stores.outbox.claim_due(5) for _ in range(5)),
    )
    flat = [each for one in claims for each in (one if isinstance(one, Sequence) else [one])]
    assert sum(isinstance(each, Claim) for each in flat) == 1


async def test_a_pause_that_meta_repeats_grows(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    short = Later(error=SLOWER, after=timedelta(seconds=30), whole_account=True)
    message = await throttled(scene, account, short)
    seen: list[float] = []
    for _ in range(4):
        await stores.backstage.age_pauses(20 * MINUTE)
        await stores.backstage.age_message(message, 20 * MINUTE)
        (claim,) = await stores.outbox.claim_due(5)
        again = await stores.outbox.settle(claim, short)
        assert again.next_attempt_at is not None
        seen.append(round((again.next_attempt_at - scene.now) / MINUTE, 1))
    assert seen == [1.0, 2.0, 4.0, 8.0]


async def test_what_was_not_even_asked_lengthens_a_pause_by_its_own_wait_alone(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    held = Later(error=SLOWER, after=2 * MINUTE, whole_account=True, asked=False)
    message = await throttled(scene, account, replace(THROTTLED, after=MINUTE))
    seen: list[float] = []
    for outcome in (held, held, held, replace(THROTTLED, after=timedelta(seconds=1))):
        await stores.backstage.age_pauses(20 * MINUTE)
        await stores.backstage.age_message(message, 20 * MINUTE)
        (claim,) = await stores.outbox.claim_due(5)
        again = await stores.outbox.settle(claim, outcome)
        assert again.next_attempt_at is not None
        seen.append(round((again.next_attempt_at - scene.now) / MINUTE, 1))
    assert seen == [2.0, 2.0, 2.0, 1.0]  # the second that Meta refused


async def test_what_was_not_even_asked_pauses_what_was_not_paused(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    held = Later(error=SLOWER, after=2 * MINUTE, whole_account=True, asked=False)
    message = await throttled(scene, account, held)
    (other,) = await queue(scene, account, 1)
    assert await left(scene, [message, other]) == [2 * MINUTE] * 2
    await stores.backstage.age_pauses(3 * MINUTE)
    await stores.backstage.age_message(message, 3 * MINUTE)
    (claim,) = await stores.outbox.claim_due(5)
    again = await stores.outbox.settle(claim, replace(THROTTLED, after=timedelta(seconds=10)))
    assert again.next_attempt_at is not None
    assert again.next_attempt_at - scene.now < timedelta(seconds=20)  # Meta refused for the first time


async def test_refusals_of_what_had_left_before_count_as_one(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claims = [await scene.sending(account, contact=ContactId(f"s-{n}")) for n in range(10)]
    settled = [await stores.outbox.settle(claim, THROTTLED) for claim in claims]
    assert set(await left(scene, settled)) == {5 * MINUTE}


async def test_a_message_that_had_left_before_does_not_end_the_pause(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    early = await scene.sending(account, contact=ContactId("early"))
    await throttled(scene, account)
    await stores.outbox.settle(early, SENT)
    await queue(scene, account, 1)
    assert await due(stores) == []


async def test_an_echo_that_is_faster_than_metas_answer_does_not_make_the_pause_last(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    first = await throttled(scene, account)
    await queue(scene, account, 10)
    await stores.backstage.age_pauses(6 * MINUTE)
    await stores.backstage.age_message(first, 6 * MINUTE)
    (probe,) = await stores.outbox.claim_due(50)
    await scene.happens(echo("m-1", contact_id=probe.message.contact_id, client_token=probe.message.id))
    assert (await scene.message(probe.message)).status is MessageStatus.SENT
    await stores.backstage.woken()
    await stores.outbox.settle(probe, SENT)
    assert await stores.backstage.woken() == {"outbox"}
    assert len(await due(stores)) == 10


async def test_whatever_ends_a_send_wakes_whoever_sends_the_next(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claims = [await scene.sending(account, contact=ContactId(f"s-{n}")) for n in range(4)]
    await scene.answers(account, contact=ContactId("s-0"))
    await stores.backstage.woken()
    assert await stores.backstage.woken() == set()
    await stores.outbox.settle(claims[0], Failed(error=OOPS))
    assert await stores.backstage.woken() == {"outbox"}
    await stores.outbox.settle(claims[1], Unknown(error=OOPS))
    assert await stores.backstage.woken() == {"outbox"}
    gone, unknown = claims[2].message, claims[1].message
    await scene.happens(echo("m-9", contact_id=gone.contact_id, client_token=gone.id))
    assert "outbox" in await stores.backstage.woken()
    found = echo("m-8", contact_id=unknown.contact_id, sent_at=scene.now, plain=True)
    assert (await stores.outcomes.settle(unknown, [found])).status is MessageStatus.SENT
    assert "outbox" in await stores.backstage.woken()


async def test_only_a_refusal_for_the_rate_pauses(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    for n, outcome in enumerate([Later(error=SLOWER, after=MINUTE), Failed(error=OOPS), Unknown(error=OOPS)]):
        claim = await scene.sending(account, contact=ContactId(f"s-{n}"))
        await stores.outbox.settle(claim, outcome)
    (other,) = await queue(scene, account, 1)
    assert await due(stores) == [other.id]


async def test_a_message_that_cannot_wait_as_long_fails_and_the_account_waits(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    failed = await stores.outbox.settle(claim, Failed(error=OOPS, paused_by=THROTTLED))
    assert (failed.status, failed.error) == (MessageStatus.FAILED, OOPS)
    (other,) = await queue(scene, account, 1)
    assert await left(scene, [other]) == [5 * MINUTE]
    assert await due(stores) == []


async def test_what_waits_for_a_login_says_so(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    dead, claim = await scene.sending(account), await scene.sending(account, contact=ContactId("c-1"))
    await stores.outbox.settle(dead, NeedsLogin(error=OOPS))
    await stores.outbox.settle(claim, THROTTLED)
    found = await scene.message(dead.message)
    assert (found.error, found.next_attempt_at) == (OOPS, None)


async def test_no_account_has_more_than_its_share_on_the_way(scene: Scene, stores: Stores) -> None:
    slow = await scene.connected()
    messages = await queue(scene, slow, SENDS_AT_ONCE + 10)
    assert await stores.outbox.claim(CASA, messages[0].id) is not None
    claimed = await asyncio.gather(*(stores.outbox.claim_due(15) for _ in range(4)))
    claims = [claim for batch in (*claimed, await stores.outbox.claim_due(50)) for claim in batch]
    assert len(claims) == SENDS_AT_ONCE - 1
    assert await stores.outbox.claim(CASA, messages[-1].id) is None
    fast = await scene.connected(candidate=page_candidate("2"))
    quick = await queue(scene, fast, 3, of="q")
    assert await stores.outbox.claim(CASA, quick[0].id) is not None
    assert set(await due(stores, 2)) == {each.id for each in quick[1:]}
    await stores.outbox.settle(claims[0], SENT)
    assert len(await due(stores)) == 1


async def test_single_claims_that_meet_do_not_exceed_the_share(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    messages = await queue(scene, account, SENDS_AT_ONCE + 10)
    claims = await asyncio.gather(*(stores.outbox.claim(CASA, each.id) for each in messages))
    assert sum(claim is not None for claim in claims) == SENDS_AT_ONCE


async def test_people_go_before_automations(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    robot = [
        await scene.answers(account, contact=ContactId(f"r-{n}"), origin=Origin.AUTOMATION) for n in range(3)
    ]
    (person,) = await queue(scene, account, 1)
    assert await due(stores, 1) == [person.id]
    assert await due(stores) == [each.id for each in robot]


async def test_in_a_conversation_the_order_stays_whoever_wrote(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    robot = await scene.answers(account, origin=Origin.AUTOMATION)
    await scene.answers(account)
    assert await due(stores) == [robot.id]
