"""The outbox: never lost, never silently sent twice, in order, and fair."""

import asyncio
from datetime import timedelta

import pytest

from meta_inbox.domain.model.account import StatusReason
from meta_inbox.domain.model.content import Button, ButtonsContent, Content, MediaContent, TextContent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, MessageId, MetaMessageId
from meta_inbox.domain.model.message import MessageStatus
from meta_inbox.domain.model.projection import GIVEN_UP
from meta_inbox.domain.model.sending import Failed, Later, NeedsLogin, Outcome, Sent, Unknown
from tests.contracts.backstage import Stores
from tests.contracts.scene import (
    CASA,
    OOPS,
    RIVAL,
    Scene,
    wrote,
)

SENT = Sent(meta_message_id=MetaMessageId("m-1"))
UPDATED = EventType.MESSAGE_UPDATED


async def due(stores: Stores, limit: int = 20) -> list[MessageId]:
    """What is claimed, in order."""
    return [claim.message.id for claim in await stores.outbox.claim_due(limit)]


async def test_what_is_put_is_queued_and_seen_at_once(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-0"))
    message = await scene.answers(account, "on its way")
    assert await scene.message(message) == message
    conversation = await scene.conversation(account)
    assert conversation.last_message == message
    assert (conversation.last_message_at, conversation.unread_count) == (message.created_at, 0)
    assert (await scene.told())[-1] == (EventType.MESSAGE_CREATED, message.id)


@pytest.mark.parametrize(
    "content",
    [
        TextContent(text="olá ✨"),
        MediaContent(url="https://shop.example/1.jpg"),
        ButtonsContent(
            text="Which?",
            buttons=(
                Button(type="web_url", title="Shop", url="https://shop.example"),
                Button(type="postback", title="Call me", payload="CALL"),
            ),
        ),
    ],
)
async def test_content_comes_out_as_it_went_in(scene: Scene, stores: Stores, content: Content) -> None:
    account = await scene.connected()
    message = await scene.answers(account, content=content)
    (claim,) = await stores.outbox.claim_due(10)
    assert claim.content == content
    assert (claim.account, claim.reply_to, claim.attempt) == (account, None, 1)
    stored = await scene.message(message)
    assert (stored.type, stored.text) == (message.type, message.text)
    assert (stored.buttons, stored.attachments) == (message.buttons, message.attachments)


async def test_what_comes_after_an_answer_is_unread_though_written_just_before(scene: Scene) -> None:
    account, now = await scene.connected(), scene.now
    await scene.happens(wrote("m-0", sent_at=now - timedelta(minutes=1)))
    await scene.answers(account)
    await scene.happens(wrote("m-1", sent_at=now - timedelta(seconds=2)))
    assert (await scene.conversation(account)).unread_count == 1


async def test_a_claimed_message_is_sending_and_claimed_once(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    message = await scene.answers(account)
    claims = await asyncio.gather(*(stores.outbox.claim(CASA, message.id) for _ in range(20)))
    (claim,) = [claim for claim in claims if claim is not None]
    assert claim.message.status is MessageStatus.SENDING
    assert (await scene.message(message)).status is MessageStatus.SENDING
    assert timedelta(seconds=20) < claim.lease_until - scene.now < timedelta(seconds=40)
    assert await due(stores) == []


async def test_two_workers_never_claim_the_same_message(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    for n in range(10):
        await scene.answers(account, contact=ContactId(f"c-{n}"))
    claimed = await asyncio.gather(*(due(stores, 3) for _ in range(10)))
    claimed.append(await due(stores, 10))  # who finds all its choices taken by others goes away with less
    ids = [each for batch in claimed for each in batch]
    assert len(ids) == len(set(ids)) == 10


async def test_another_tenant_claims_nothing(scene: Scene, stores: Stores) -> None:
    message = await scene.answers(await scene.connected())
    assert await stores.outbox.claim(RIVAL, message.id) is None
    assert await stores.outbox.claim(CASA, MessageId(stores.ids.new())) is None


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (SENT, MessageStatus.SENT),
        (Failed(error=OOPS), MessageStatus.FAILED),
        (Unknown(error=OOPS), MessageStatus.UNKNOWN),
        (Later(error=OOPS, after=timedelta(minutes=1)), MessageStatus.QUEUED),
        (NeedsLogin(error=OOPS), MessageStatus.QUEUED),
    ],
)
async def test_every_outcome_is_told(
    scene: Scene, stores: Stores, outcome: Outcome, status: MessageStatus
) -> None:
    claim = await scene.sending(await scene.connected())
    settled = await stores.outbox.settle(claim, outcome)
    assert settled == await scene.message(claim.message)
    assert settled.status is status
    assert settled.error == (None if outcome is SENT else OOPS)
    assert (await scene.told())[-1] == (UPDATED, claim.message.id)


async def test_what_meta_accepted_has_its_id_and_keeps_its_place(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    settled = await stores.outbox.settle(claim, SENT)
    assert settled.meta_message_id == "m-1"
    assert settled.sent_at is not None
    assert settled.ordered_at == claim.message.created_at
    assert await due(stores) == []


async def test_a_certainly_unsent_message_goes_later(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    outcome = Later(error=OOPS, after=timedelta(minutes=1))
    settled = await stores.outbox.settle(claim, outcome)
    assert settled.next_attempt_at is not None
    assert timedelta(seconds=50) < settled.next_attempt_at - scene.now < timedelta(seconds=70)
    assert await stores.outbox.claim(CASA, claim.message.id) is None
    await stores.backstage.age_message(claim.message, timedelta(seconds=61))
    again = await stores.outbox.claim(CASA, claim.message.id)
    assert again is not None
    assert again.attempt == 2
    assert again.fence != claim.fence


@pytest.mark.parametrize("outcome", [SENT, Failed(error=OOPS)])
async def test_what_is_settled_is_not_claimed_again(scene: Scene, stores: Stores, outcome: Outcome) -> None:
    claim = await scene.sending(await scene.connected())
    await stores.outbox.settle(claim, outcome)
    await stores.backstage.age_message(claim.message, timedelta(hours=1))
    assert await stores.outbox.claim(CASA, claim.message.id) is None
    assert await due(stores) == []


async def test_an_unknown_message_is_never_sent_again_by_itself(scene: Scene, stores: Stores) -> None:
    claim = await scene.sending(await scene.connected())
    await stores.outbox.settle(claim, Unknown(error=OOPS))
    await stores.backstage.age_message(claim.message, timedelta(hours=1))
    assert await due(stores) == []
    assert await stores.outbox.expire_leases() == 0


async def test_messages_of_an_account_that_needs_a_login_wait(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    message = await scene.answers(account)
    await stores.accounts.needs_login(
        CASA, account.id, StatusReason(code="reauth_required", detail="dead"), as_of=account.connected_at
    )
    assert await stores.outbox.claim(CASA, message.id) is None
    assert await due(stores) == []
    assert (await scene.message(message)).status is MessageStatus.QUEUED


@pytest.mark.parametrize(
    "outcome", [Later(error=OOPS, after=timedelta(minutes=1), whole_account=True), NeedsLogin(error=OOPS)]
)
async def test_nothing_waits_on_an_account_that_was_disconnected_while_it_was_sent(
    scene: Scene, stores: Stores, outcome: Outcome
) -> None:
    claim = await scene.sending(await scene.connected())
    await stores.accounts.disconnect(CASA, claim.message.account_id)
    settled = await stores.outbox.settle(claim, outcome)
    assert (settled.status, settled.error) == (MessageStatus.FAILED, GIVEN_UP)
    assert await stores.outcomes.content_of(CASA, settled.id) is None
    await scene.connected()
    assert await due(stores) == []
    assert await scene.message(settled) == settled
