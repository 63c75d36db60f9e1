"""What Meta tells of parts: echoes, receipts, reactions, unsends and answers are of the whole message."""

from datetime import timedelta
from itertools import permutations

import pytest

from meta_inbox.domain.model.changes import Delivered, Edited, Party, Reacted, Seen, Unsent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import PastConversation
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin
from meta_inbox.domain.model.sending import Unknown
from meta_inbox.domain.model.webhook import WebhookItem
from tests.contracts.backstage import Stores
from tests.contracts.parts import TEXT, aged, all_sent, part, put, sending, sent, settled, states
from tests.contracts.scene import OOPS, Scene, echo, past, says, wrote

CREATED, UPDATED = EventType.MESSAGE_CREATED, EventType.MESSAGE_UPDATED
UNKNOWN, SENT, DELIVERED, READ = (
    MessageStatus.UNKNOWN,
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.READ,
)


def echo_of(whole: Message, index: int, *, named: bool = True) -> WebhookItem:
    """Meta repeats a part, with the token that Messenger brings back or without."""
    token = part(whole, index) if named else None
    return echo(f"m-{index}", whole.parts[index].text, client_token=token)


@pytest.mark.parametrize("order", list(permutations(("answer", "echo", "echo", "expiry"))))
async def test_in_every_order_each_part_is_sent_and_there_is_one_message(
    scene: Scene, stores: Stores, order: tuple[str, ...]
) -> None:
    account = await scene.connected()
    whole = await put(scene, account)
    for index in range(3):
        claim = await sending(scene, whole, index)
        await aged(scene, whole, timedelta(seconds=31))
        for step in order:
            if step == "answer":
                await stores.outbox.settle(claim, sent(index))
            elif step == "echo":
                await scene.happens(echo_of(whole, index))
            else:
                await stores.outbox.expire_leases()
    (seen,) = await scene.messages(account)
    assert (seen.id, seen.status, seen.text, seen.error) == (whole.id, SENT, TEXT, None)
    assert [each.meta_message_id for each in seen.parts] == ["m-0", "m-1", "m-2"]
    told = await scene.told()
    assert set(told) == {(CREATED, whole.id), (UPDATED, whole.id)}
    assert told.count((CREATED, whole.id)) == 1


async def test_an_echo_without_a_token_settles_the_part_with_its_text(scene: Scene) -> None:
    account = await scene.connected()
    whole = await put(scene, account)
    for index in range(2):
        await settled(scene, whole, index, Unknown(error=OOPS))
        await aged(scene, whole, timedelta(seconds=31))
    await scene.happens(echo_of(whole, 1, named=False))
    (seen,) = await scene.messages(account)
    assert states(seen)[:2] == [UNKNOWN, SENT]
    await scene.happens(echo_of(whole, 0, named=False))
    (seen,) = await scene.messages(account)
    assert states(seen)[:2] == [SENT, SENT]


async def test_an_echo_that_names_the_whole_is_somebody_elses_message(scene: Scene) -> None:
    account = await scene.connected()
    whole = await put(scene, account)
    await scene.happens(echo("m-x", client_token=whole.id, app_id="77"))
    assert {each.origin for each in await scene.messages(account)} == {Origin.AGENT, Origin.OTHER_APP}
    assert await scene.message(whole) == whole


async def test_a_receipt_for_all_is_one_for_every_part(scene: Scene) -> None:
    account = await scene.connected()
    whole = await all_sent(scene, account)
    events = len(await scene.told())
    await scene.happens(says(Delivered(up_to=scene.now + timedelta(minutes=1))))
    assert (await scene.message(whole)).status is DELIVERED
    await scene.happens(says(Seen(up_to=scene.now + timedelta(minutes=1))))
    assert (await scene.message(whole)).status is READ
    assert (await scene.told())[events:] == 6 * [(UPDATED, whole.id)]


async def test_who_has_read_one_part_has_not_read_the_next(scene: Scene) -> None:
    account = await scene.connected()
    whole = await all_sent(scene, account)
    events = len(await scene.told())
    await scene.happens(says(Seen(up_to=None), "m-1"))
    seen = await scene.message(whole)
    assert (seen.status, states(seen)) == (SENT, [READ, READ, SENT])
    assert (await scene.told())[events:] == 2 * [(UPDATED, whole.id)]
    await scene.happens(says(Seen(up_to=None), "m-2"))
    assert (await scene.message(whole)).status is READ


async def test_named_parts_are_delivered(scene: Scene) -> None:
    account = await scene.connected()
    whole = await all_sent(scene, account)
    named = tuple(MetaMessageId(f"m-{index}") for index in range(2))
    await scene.happens(says(Delivered(up_to=None, messages=named)))
    assert states(await scene.message(whole)) == [DELIVERED, DELIVERED, SENT]


async def test_a_receipt_that_came_before_the_answer_counts(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    whole = await put(scene, account)
    claim = await sending(scene, whole, 0)
    await scene.happens(says(Delivered(up_to=scene.now + timedelta(minutes=1))))
    await stores.outbox.settle(claim, sent(0))
    assert states(await scene.message(whole))[0] is DELIVERED


async def test_a_reaction_to_a_part_is_one_to_the_whole(scene: Scene) -> None:
    account = await scene.connected()
    whole = await all_sent(scene, account)
    events = len(await scene.told())
    await scene.happens(says(Reacted(by=Party.CONTACT, reaction="love", emoji="❤️"), "m-1"))
    (seen,) = await scene.messages(account)
    assert [(each.by, each.reaction) for each in seen.reactions] == [(Party.CONTACT, "love")]
    assert (await scene.told())[events:] == [(UPDATED, whole.id)]


async def test_an_edited_part_changes_the_text(scene: Scene) -> None:
    account = await scene.connected()
    whole = await all_sent(scene, account)
    await scene.happens(says(Edited(text="2", number=1), "m-1"))
    seen = await scene.message(whole)
    assert (seen.text, seen.edited_at is not None) == (" one\r\n2  three\n", True)


async def test_an_answer_to_a_part_names_the_whole(scene: Scene) -> None:
    account = await scene.connected()
    whole = await all_sent(scene, account)
    await scene.happens(wrote("m-9", reply_to=MetaMessageId("m-2"), sent_at=scene.now + timedelta(seconds=1)))
    answer = (await scene.messages(account))[0]
    assert answer.reply_to is not None
    assert (answer.reply_to.id, answer.reply_to.meta_message_id) == (whole.id, "m-2")
    last = (await scene.conversation(account)).last_message
    assert last == answer


async def test_an_unsent_part_drops_out_and_leaves_nothing(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    whole = await all_sent(scene, account)
    await scene.happens(says(Unsent(), "m-1"))
    seen = await scene.message(whole)
    assert (seen.type, seen.text, seen.deleted_at) == ("text", " one  three\n", None)
    assert [each.text for each in seen.parts] == ["one", "three"]
    assert (await scene.told())[-1] == (UPDATED, whole.id)
    for mid in ("m-0", "m-2"):
        await scene.happens(says(Unsent(), mid))
    (seen,) = await scene.messages(account)
    assert (seen.type, seen.text, seen.parts) == ("deleted", None, ())
    assert seen.deleted_at is not None
    assert "three" not in await stores.backstage.kept_of(whole)


def read_back(scene: Scene, *mids: str) -> PastConversation:
    """What the business wrote to Ana, as Meta keeps it."""
    at = scene.now - timedelta(minutes=5)
    return past(scene, items=tuple(echo(mid, sent_at=at, plain=True) for mid in mids))


async def test_parts_that_are_read_back_are_known(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    (run,) = await stores.histories.claim_due(1)
    whole = await all_sent(scene, account)
    assert await stores.histories.keep(run, [read_back(scene, "m-0", "m-1", "m-2")], None) is not None
    assert [each.id for each in await scene.messages(account)] == [whole.id]


async def test_nothing_is_read_back_into_a_conversation_while_a_part_has_not_ended(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    (run,) = await stores.histories.claim_due(1)
    whole = await put(scene, account)
    for index in range(3):
        assert await stores.histories.keep(run, [read_back(scene, "m-1", "m-8")], None) is not None
        assert [each.id for each in await scene.messages(account)] == [whole.id]
        await settled(scene, whole, index)
    assert await stores.histories.keep(run, [read_back(scene, "m-1", "m-8")], None) is not None
    assert [each.meta_message_id for each in await scene.messages(account)] == ["m-0", "m-8"]


async def test_a_part_whose_echo_came_first_as_another_message_takes_it_in(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    whole = await put(scene, account)
    await settled(scene, whole, 0)
    claim = await sending(scene, whole, 1)
    await stores.outbox.settle(claim, Unknown(error=OOPS))
    await scene.happens(echo("m-1", "something else"))
    assert len(await scene.messages(account)) == 2
    assert (await scene.conversation(account)).last_message != await scene.message(whole)
    await stores.outbox.settle(claim, sent(1))
    (seen,) = await scene.messages(account)
    assert states(seen)[:2] == [SENT, SENT]
    assert (await scene.conversation(account)).last_message == seen
