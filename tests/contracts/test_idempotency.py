"""Idempotency keys: the same question gets the same answer, for a day and for one tenant."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.domain.errors import InFlight, KeyReused, RefusalKind, Refused, WindowClosed
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.changes import Unsent
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus, SendError
from meta_inbox.domain.model.sending import Failed, Once, Sent, Unknown
from meta_inbox.domain.ports import RefusedAnswer
from tests.contracts.backstage import Stores
from tests.contracts.scene import CASA, RIVAL, RUI, Scene, echo, says

ONCE = Once(key="order-17", fingerprint=b"\x01" * 32)
OTHER = Once(key="order-17", fingerprint=b"\x02" * 32)
SENT = Sent(meta_message_id=MetaMessageId("m-1"))
DIED = timedelta(seconds=21)


async def died_after(scene: Scene, account: Account) -> Message:
    """A message whose request ended without an answer, a while ago."""
    message = await scene.answers(account, once=ONCE)
    await scene.stores.backstage.age_message(message, DIED)
    return message


async def test_a_new_key_has_no_answer(stores: Stores) -> None:
    assert await stores.outbox.answer_of(CASA, ONCE) is None


async def test_the_first_answer_is_given_again_whatever_happens_later(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    message = await scene.answers(account, once=ONCE)
    await stores.outbox.remember(CASA, ONCE, message)
    claim = await stores.outbox.claim(CASA, message.id)
    assert claim is not None
    await stores.outbox.settle(claim, SENT)
    assert await stores.outbox.answer_of(CASA, ONCE) == message


async def test_a_refusal_is_given_again(stores: Stores) -> None:
    refused = WindowClosed("this contact has not written")
    await stores.outbox.remember(CASA, ONCE, RefusedAnswer.of(refused))
    with pytest.raises(Refused, match="this contact has not written") as raised:
        await stores.outbox.answer_of(CASA, ONCE)
    assert (raised.value.code, raised.value.kind) == ("window_closed", RefusalKind.STATE)
    assert raised.value.message is None


async def test_a_refusal_of_metas_is_given_again_with_its_message(scene: Scene, stores: Stores) -> None:
    message = (await scene.answers(await scene.connected(), once=ONCE)).failed(
        SendError(code="media_type", detail="Meta could not fetch it", meta_code=100, fbtrace_id="A1")
    )
    answer = RefusedAnswer(
        code="media_type", detail="Meta could not fetch it", kind=RefusalKind.CONTENT, message=message
    )
    await stores.outbox.remember(CASA, ONCE, answer)
    with pytest.raises(Refused) as raised:
        await stores.outbox.answer_of(CASA, ONCE)
    assert raised.value.message == message
    assert raised.value.kind is RefusalKind.CONTENT


async def test_a_refusal_before_anything_was_kept_says_nothing_of_another_requests_message(
    scene: Scene, stores: Stores
) -> None:
    message = await died_after(scene, await scene.connected())
    await stores.outbox.remember(CASA, ONCE, RefusedAnswer.of(WindowClosed("too late for this one")))
    claim = await stores.outbox.claim(CASA, message.id)
    assert claim is not None
    settled = await stores.outbox.settle(claim, SENT)
    assert await stores.outbox.answer_of(CASA, ONCE) == settled


async def test_the_first_answer_stays_the_first(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    first = await scene.answers(account, once=ONCE)
    await stores.outbox.remember(CASA, ONCE, first)
    await stores.outbox.remember(CASA, ONCE, await scene.answers(account, contact=RUI))
    await stores.outbox.remember(CASA, OTHER, await scene.answers(account, contact=RUI))
    assert await stores.outbox.answer_of(CASA, ONCE) == first


async def test_another_body_under_the_same_key_is_refused(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.answers(account, once=ONCE)
    with pytest.raises(KeyReused):
        await stores.outbox.answer_of(CASA, OTHER)
    with pytest.raises(KeyReused):
        await scene.answers(account, once=OTHER)
    assert await stores.backstage.count_messages(CASA) == 1


async def test_a_key_that_is_taken_keeps_nothing(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.answers(account, once=ONCE)
    events = len(await scene.told())
    with pytest.raises(InFlight):
        await scene.answers(account, once=ONCE)
    assert await stores.backstage.count_messages(CASA) == 1
    assert len(await scene.told()) == events


async def test_of_twenty_at_once_one_is_kept(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    results = await asyncio.gather(
        *(scene.answers(account, once=ONCE) for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(result, Message) for result in results) == 1
    assert sum(isinstance(result, InFlight) for result in results) == 19
    assert await stores.backstage.count_messages(CASA) == 1


@pytest.mark.parametrize("claimed", [False, True])
async def test_a_request_that_has_not_ended_is_in_flight(scene: Scene, stores: Stores, claimed: bool) -> None:
    message = await scene.answers(await scene.connected(), once=ONCE)
    if claimed:
        await stores.outbox.claim(CASA, message.id)
    with pytest.raises(InFlight):
        await stores.outbox.answer_of(CASA, ONCE)


async def test_a_request_that_died_is_answered_with_what_became_of_it(scene: Scene, stores: Stores) -> None:
    message = await died_after(scene, await scene.connected())
    queued = await stores.outbox.answer_of(CASA, ONCE)
    assert queued is not None
    assert (queued.id, queued.status) == (message.id, MessageStatus.QUEUED)
    claim = await stores.outbox.claim(CASA, message.id)
    assert claim is not None
    settled = await stores.outbox.settle(claim, SENT)
    assert await stores.outbox.answer_of(CASA, ONCE) == settled


@pytest.mark.parametrize(
    ("code", "kind"),
    [("window_closed", RefusalKind.STATE), ("media_type", RefusalKind.CONTENT)],
)
async def test_a_request_that_died_and_failed_is_refused(
    scene: Scene, stores: Stores, code: str, kind: RefusalKind
) -> None:
    message = await died_after(scene, await scene.connected())
    claim = await stores.outbox.claim(CASA, message.id)
    assert claim is not None
    await stores.outbox.settle(claim, Failed(error=SendError(code=code, detail="Meta said no")))
    with pytest.raises(Refused, match="Meta said no") as raised:
        await stores.outbox.answer_of(CASA, ONCE)
    assert (raised.value.code, raised.value.kind) == (code, kind)
    assert raised.value.message is not None
    assert raised.value.message.id == message.id


async def test_what_is_known_already_is_not_in_flight(scene: Scene, stores: Stores) -> None:
    message = await scene.answers(await scene.connected(), once=ONCE)
    claim = await stores.outbox.claim(CASA, message.id)
    assert claim is not None
    settled = await stores.outbox.settle(claim, SENT)
    assert await stores.outbox.answer_of(CASA, ONCE) == settled


async def test_a_key_is_forgotten_after_a_day(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await stores.outbox.remember(CASA, ONCE, await scene.answers(account, once=ONCE))
    await stores.backstage.age_key(CASA, ONCE.key, timedelta(hours=23))
    assert await stores.outbox.answer_of(CASA, ONCE) is not None
    await stores.backstage.age_key(CASA, ONCE.key, timedelta(hours=2))
    assert await stores.outbox.answer_of(CASA, OTHER) is None
    await scene.answers(account, contact=RUI, once=OTHER)
    assert await stores.backstage.count_messages(CASA) == 2


def says_nothing(message: Message | None) -> bool:
    """Whether all that is told is that there was a message."""
    return message is not None and (message.type, message.text) == ("deleted", None)


async def sent_once(scene: Scene, account: Account) -> Message:
    """A message with a key that Meta has."""
    message = await scene.answers(account, once=ONCE)
    claim = await scene.stores.outbox.claim(CASA, message.id)
    assert claim is not None
    return await scene.stores.outbox.settle(claim, SENT)


async def test_what_was_unsent_is_not_answered_any_more(scene: Scene, stores: Stores) -> None:
    message = await sent_once(scene, await scene.connected())
    await stores.outbox.remember(CASA, ONCE, message)
    await scene.happens(says(Unsent(), SENT.meta_message_id))
    assert says_nothing(await stores.outbox.answer_of(CASA, ONCE))
    with pytest.raises(KeyReused):
        await stores.outbox.answer_of(CASA, OTHER)
    assert "hello" not in await stores.backstage.key_of(CASA, ONCE.key)


async def test_an_answer_that_is_remembered_after_the_unsend_is_not_kept(
    scene: Scene, stores: Stores
) -> None:
    message = await sent_once(scene, await scene.connected())
    await scene.happens(says(Unsent(), SENT.meta_message_id))
    await stores.outbox.remember(CASA, ONCE, message)
    assert says_nothing(await stores.outbox.answer_of(CASA, ONCE))
    assert "hello" not in await stores.backstage.key_of(CASA, ONCE.key)


async def test_an_unsend_that_was_known_before_the_outcome_counts(scene: Scene, stores: Stores) -> None:
    message = await scene.answers(await scene.connected(), once=ONCE)
    claim = await stores.outbox.claim(CASA, message.id)
    assert claim is not None
    await stores.outbox.remember(CASA, ONCE, claim.message)
    await stores.outbox.settle(claim, Unknown(error=SendError(code="unknown", detail="nobody knows")))
    await scene.happens(echo(SENT.meta_message_id, "another text"), says(Unsent(), SENT.meta_message_id))
    await stores.outbox.settle(claim, SENT)
    assert says_nothing(await stores.outbox.answer_of(CASA, ONCE))
    assert "hello" not in await stores.backstage.key_of(CASA, ONCE.key)


async def test_other_keys_keep_their_answers(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    other = replace(ONCE, key="order-18")
    await sent_once(scene, account)
    kept = await scene.answers(account, contact=RUI, once=other)
    await stores.outbox.remember(CASA, other, kept)
    await scene.happens(says(Unsent(), SENT.meta_message_id))
    assert await stores.outbox.answer_of(CASA, other) == kept


async def test_old_keys_of_all_tenants_go_by_and_by(scene: Scene, stores: Stores) -> None:
    refused = RefusedAnswer.of(WindowClosed("this contact has not written"))
    for tenant in (CASA, RIVAL):
        for number in range(3):
            await stores.outbox.remember(tenant, replace(ONCE, key=f"{number}"), refused)
        for number in range(3):
            await stores.backstage.age_key(tenant, f"{number}", timedelta(hours=23 if number == 2 else 24))
    assert [await stores.outbox.forget_keys(3) for _ in range(3)] == [3, 1, 0]
    for tenant in (CASA, RIVAL):
        assert await stores.outbox.answer_of(tenant, replace(OTHER, key="0")) is None
        with pytest.raises(Refused):
            await stores.outbox.answer_of(tenant, replace(ONCE, key="2"))


async def test_another_tenants_key_is_another_key(scene: Scene, stores: Stores) -> None:
    await scene.answers(await scene.connected(), once=ONCE)
    assert await stores.outbox.answer_of(RIVAL, OTHER) is None
