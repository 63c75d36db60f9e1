"""What was read back is added where it is missing: once, in its place, and without telling people of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.changes import Party, Reacted, Unsent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import PastConversation, Run
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.message import Attachment, MessageStatus, Origin, Reaction, SendError
from meta_inbox.domain.model.sending import Sent, Unknown
from tests.contracts.backstage import Stores
from tests.contracts.scene import ANA, CASA, RUI, Scene, echo, past, says, wrote

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


async def importing(scene: Scene) -> tuple[Account, Run]:
    """A first import that has begun."""
    account = await scene.connected()
    (run,) = await scene.stores.histories.claim_due(1)
    return account, run


async def repairing(scene: Scene) -> tuple[Account, Run]:
    """A repair that has begun, a day after the first import."""
    account, run = await importing(scene)
    await scene.stores.histories.finish(run, scene.now)
    await scene.stores.backstage.age_histories(DAY)
    (repair,) = await scene.stores.histories.claim_due(1)
    return account, repair


def said(scene: Scene, *, minutes_ago: float, mid: str, by_business: bool = False) -> PastConversation:
    """A conversation of one message."""
    at = scene.now - minutes_ago * MINUTE
    item = echo(mid, sent_at=at) if by_business else wrote(mid, sent_at=at)
    return past(scene, items=(item,))


async def keep(scene: Scene, run: Run, *found: PastConversation) -> None:
    assert await scene.stores.histories.keep(run, found, None) is not None


async def mids(scene: Scene, account: Account) -> list[str | None]:
    return [message.meta_message_id for message in await scene.messages(account)]


async def test_an_import_shows_earlier_messages_in_their_places(scene: Scene) -> None:
    account, run = await importing(scene)
    await keep(scene, run, past(scene, "m-1", "m-2", "m-3", name="Ana", username="ana.c"))
    messages = await scene.messages(account)
    assert [each.meta_message_id for each in messages] == ["m-3", "m-2", "m-1"]
    assert all(each.imported and each.origin is Origin.CONTACT for each in messages)
    assert messages[0].sent_at == messages[0].ordered_at
    conversation = await scene.conversation(account)
    assert conversation.last_message_at == messages[0].ordered_at
    assert conversation.opened_at == messages[0].ordered_at
    assert (conversation.contact.name, conversation.contact.username) == ("Ana", "ana.c")


async def test_nobody_is_told_of_an_imported_message(scene: Scene, stores: Stores) -> None:
    account, run = await importing(scene)
    before = len(await stores.backstage.events(CASA))
    await keep(scene, run, past(scene, "m-1", "m-2"), past(scene, "m-3", contact=RUI))
    told = (await stores.backstage.events(CASA))[before:]
    assert [(event.type, event.account_id, event.contact_id) for event in told] == [
        (EventType.CONVERSATION_UPDATED, account.id, ANA),
        (EventType.CONVERSATION_UPDATED, account.id, RUI),
    ]


async def test_what_an_import_brings_is_not_unread(scene: Scene) -> None:
    account, run = await importing(scene)
    await keep(scene, run, past(scene, "m-1", "m-2"))
    assert (await scene.conversation(account)).unread_count == 0
    await scene.happens(wrote("m-3"))
    assert (await scene.conversation(account)).unread_count == 1


async def test_an_import_leaves_what_webhooks_brought_unread(scene: Scene) -> None:
    account, run = await importing(scene)
    await scene.happens(wrote("m-9", sent_at=scene.now - MINUTE))
    await keep(scene, run, past(scene, "m-1", "m-2"))
    assert (await scene.conversation(account)).unread_count == 1


async def test_what_a_repair_finds_of_a_contact_is_unread(scene: Scene, stores: Stores) -> None:
    account, run = await repairing(scene)
    await keep(scene, run, past(scene, "m-1", "m-2"))
    assert (await scene.conversation(account)).unread_count == 2
    await stores.conversations.mark_read(CASA, account.id, ANA)
    assert (await scene.conversation(account)).unread_count == 0


async def test_a_repair_does_not_make_unread_what_is_long_over(scene: Scene, stores: Stores) -> None:
    account, run = await repairing(scene)
    old = said(scene, minutes_ago=60 * 24 * 30, mid="m-old")
    await keep(scene, run, replace(old, items=(*old.items, *past(scene, "m-1").items)))
    assert (await scene.conversation(account)).unread_count == 1
    await stores.histories.finish(run, scene.now)
    found = await stores.histories.of(CASA, account.id)
    assert found is not None
    assert (found.messages, found.missed) == (2, 1)


async def test_what_was_answered_elsewhere_had_been_read(scene: Scene) -> None:
    account, run = await repairing(scene)
    asked = said(scene, minutes_ago=9, mid="m-1")
    answered = said(scene, minutes_ago=8, mid="m-2", by_business=True)
    more = said(scene, minutes_ago=7, mid="m-3")
    await keep(scene, run, replace(asked, items=(*asked.items, *answered.items, *more.items)))
    assert await mids(scene, account) == ["m-3", "m-2", "m-1"]
    middle = (await scene.messages(account))[1]
    assert (middle.origin, middle.status, middle.imported) == (Origin.NATIVE_APP, MessageStatus.SENT, True)
    assert (await scene.conversation(account)).unread_count == 1


async def test_what_is_here_already_stays_as_it_is(scene: Scene, stores: Stores) -> None:
    account, run = await repairing(scene)
    await scene.happens(wrote("m-1", "as the webhook had it"))
    before = await stores.backstage.events(CASA)
    conversation = await scene.conversation(account)
    await keep(scene, run, past(scene, "m-1"))
    assert await scene.conversation(account) == conversation
    assert await stores.backstage.events(CASA) == before
    found = await stores.histories.of(CASA, account.id)
    assert found is not None
    assert (found.conversations, found.messages) == (1, 0)


async def test_the_same_page_twice_adds_nothing(scene: Scene) -> None:
    account, run = await repairing(scene)
    for _ in range(2):
        await keep(scene, run, past(scene, "m-1", "m-2"))
    assert await mids(scene, account) == ["m-2", "m-1"]
    assert (await scene.conversation(account)).unread_count == 2


async def test_a_webhook_that_comes_late_adds_nothing(scene: Scene) -> None:
    account, run = await repairing(scene)
    await keep(scene, run, past(scene, "m-1"))
    await scene.happens(wrote("m-1"))
    assert await mids(scene, account) == ["m-1"]
    assert (await scene.conversation(account)).unread_count == 1


async def test_a_sent_message_of_ours_is_not_doubled(scene: Scene, stores: Stores) -> None:
    account, run = await repairing(scene)
    await scene.happens(wrote("m-0"))
    claim = await scene.sending(account, "hello")
    await stores.outbox.settle(claim, Sent(meta_message_id=MetaMessageId("m-own")))
    await keep(scene, run, said(scene, minutes_ago=0, mid="m-own", by_business=True))
    own = next(each for each in await scene.messages(account) if each.meta_message_id == "m-own")
    assert (own.origin, own.imported) == (Origin.AGENT, False)
    assert await mids(scene, account) == ["m-own", "m-0"]


@pytest.mark.parametrize("state", ["queued", "sending", "unknown"])
async def test_what_may_be_a_send_of_ours_is_left_to_the_next_run(
    scene: Scene, stores: Stores, state: str
) -> None:
    account, run = await repairing(scene)
    await scene.happens(wrote("m-0"))
    if state == "queued":
        await scene.answers(account, "hello")
    else:
        claim = await scene.sending(account, "hello")
        if state == "unknown":
            lost = Unknown(error=SendError(code="outcome_unknown", detail="no answer"))
            await stores.outbox.settle(claim, lost)
    maybe = said(scene, minutes_ago=3 * 60, mid="m-maybe", by_business=True)
    heard = said(scene, minutes_ago=2, mid="m-1")
    await keep(scene, run, replace(heard, items=(*maybe.items, *heard.items)))
    assert "m-maybe" not in await mids(scene, account)
    assert "m-1" in await mids(scene, account)
    await stores.histories.finish(run, scene.now)
    (again,) = await stores.histories.claim_due(1)
    assert again.complete_as_of is not None
    assert again.complete_as_of <= scene.now - timedelta(hours=3)


async def test_a_later_name_is_not_lost_to_an_earlier_one(scene: Scene, stores: Stores) -> None:
    account, run = await repairing(scene)
    await keep(scene, run, past(scene, "m-1", name="Ana"))
    await keep(scene, run, past(scene, "m-2", name="Somebody else", username="ana"))
    contact = (await scene.conversation(account)).contact
    assert (contact.name, contact.username) == ("Ana", "ana")
    assert [one.id for one in await stores.conversations.due_profiles(10)] == [ANA]


async def test_those_who_just_wrote_are_asked_for_before_those_of_the_history(
    scene: Scene, stores: Stores
) -> None:
    _, run = await importing(scene)
    await keep(scene, run, past(scene, "m-1"))
    await scene.happens(wrote("m-2", contact_id=RUI))
    first = await stores.conversations.due_profiles(1)
    second = await stores.conversations.due_profiles(1)
    assert [one.id for one in (*first, *second)] == [RUI, ANA]


async def test_attachments_replies_and_stories_are_kept(scene: Scene) -> None:
    account, run = await importing(scene)
    answer = replace(
        wrote("m-2", None, type="story_reply", reply_to=MetaMessageId("m-1"), sent_at=scene.now - 2 * MINUTE),
        story={"id": "18", "kind": "reply", "url": None},
        raw=b'{"id":"m-2","reactions":{"data":[]}}',
    )
    first = said(scene, minutes_ago=4, mid="m-1")
    await keep(scene, run, replace(first, items=(*first.items, answer)))
    found = (await scene.messages(account))[0]
    assert found.reply_to is not None
    assert found.reply_to.id == (await scene.messages(account))[1].id
    assert found.story == {"id": "18", "kind": "reply", "url": None}


async def test_imported_files_are_fetched_like_others(scene: Scene, stores: Stores) -> None:
    account, run = await importing(scene)
    photo = Attachment(id="", type="image", source_url="https://scontent.xx.fbcdn.net/a.jpg")
    item = wrote("m-1", None, type="image", attachments=(photo,), sent_at=scene.now - 9 * MINUTE)
    await keep(scene, run, past(scene, items=(item,)), past(scene, items=(item,)))
    (message,) = await scene.messages(account)
    (claim,) = await stores.media.claim_due(10)
    assert (claim.media.id, claim.media.message_id) == (message.attachments[0].id, message.id)


async def test_imported_reactions_are_shown_and_later_ones_stand(scene: Scene) -> None:
    account, run = await importing(scene)
    at = scene.now - 9 * MINUTE
    love = Reaction(by=Party.CONTACT, reaction="love", emoji="❤️", at=at)
    found = past(scene, items=(wrote("m-1", sent_at=at),), reactions={MetaMessageId("m-1"): (love,)})
    await keep(scene, run, found)
    assert (await scene.messages(account))[0].shown_reactions == (love,)
    taken_back = Reacted(by=Party.CONTACT, reaction=None)
    await scene.happens(says(taken_back, "m-1", sent_at=at + MINUTE))
    assert (await scene.messages(account))[0].shown_reactions == ()


async def test_a_change_that_waited_is_done_when_its_message_is_imported(
    scene: Scene, stores: Stores
) -> None:
    account, run = await importing(scene)
    await scene.happens(says(Unsent(), "m-1", sent_at=scene.now))
    await keep(scene, run, past(scene, "m-1"))
    await scene.settle_down()
    assert (await scene.messages(account))[0].type == "deleted"
    assert await stores.backstage.items() == []
