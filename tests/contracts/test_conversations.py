"""Contacts and conversations as they are listed, read and named."""

from datetime import timedelta

import pytest

from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Account, StatusReason
from meta_inbox.domain.model.contact import Contact, ContactProfile
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, MessageId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.paging import After, Page
from tests.contracts.backstage import Stores
from tests.contracts.scene import ANA, CASA, RIVAL, RUI, Scene, wrote

TWO_MINUTES = timedelta(minutes=2)


async def listed(
    scene: Scene,
    account: Account,
    *,
    limit: int = 50,
    after: After | None = None,
    query: str | None = None,
    unread: bool | None = None,
) -> Page[Conversation]:
    """A page of the account's conversations."""
    return await scene.stores.conversations.list(
        account.tenant_id, account.id, limit=limit, after=after, query=query, unread=unread
    )


async def found_by(scene: Scene, account: Account, query: str) -> set[ContactId]:
    """Whom a query finds."""
    page = await listed(scene, account, query=query)
    return {each.contact_id for each in page.items}


async def named(scene: Scene, account: Account, contact: str, name: str | None, username: str | None) -> None:
    """A contact who wrote and whose profile is known."""
    who = ContactId(contact)
    await scene.happens(wrote(f"m-{contact}", contact_id=who))
    row = Contact(tenant_id=account.tenant_id, account_id=account.id, id=who)
    await scene.stores.conversations.save_profile(row, ContactProfile(name=name, username=username))


async def test_somebody_who_never_wrote_has_an_empty_conversation(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    found = await scene.conversation(account)
    assert (found.contact_id, found.last_message, found.opened_at, found.unread_count) == (ANA, None, None, 0)
    assert await scene.messages(account) == ()
    with pytest.raises(NotFound):
        await stores.conversations.mark_read(CASA, account.id, ANA)


async def test_conversations_come_newest_first_and_page_by_page(scene: Scene) -> None:
    account, now = await scene.connected(), scene.now
    for n in range(5):
        who = ContactId(f"c-{n}")
        await scene.happens(wrote(f"m-{n}", contact_id=who, sent_at=now - timedelta(minutes=n)))
    seen: list[str] = []
    after: After | None = None
    for expected in (2, 2, 1):
        page = await listed(scene, account, limit=2, after=after)
        assert len(page.items) == expected
        seen += [each.contact_id for each in page.items]
        after = page.next
    assert after is None
    assert seen == ["c-0", "c-1", "c-2", "c-3", "c-4"]


async def test_conversations_of_the_same_moment_are_neither_lost_nor_doubled(scene: Scene) -> None:
    account, at = await scene.connected(), scene.now - timedelta(minutes=1)
    for n in range(4):
        await scene.happens(wrote(f"m-{n}", contact_id=ContactId(f"c-{n}"), sent_at=at))
    first = await listed(scene, account, limit=3)
    second = await listed(scene, account, limit=3, after=first.next)
    assert [each.contact_id for each in (*first.items, *second.items)] == ["c-3", "c-2", "c-1", "c-0"]


async def test_a_full_last_page_has_no_next(scene: Scene) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    assert (await listed(scene, account, limit=1)).next is None
    page = await scene.stores.conversations.messages(CASA, account.id, ANA, limit=1, after=None)
    assert page.next is None


async def test_messages_come_newest_first_and_page_by_page(scene: Scene, stores: Stores) -> None:
    account, now = await scene.connected(), scene.now
    for n in range(5):
        await scene.happens(wrote(f"m-{n}", sent_at=now - timedelta(minutes=n // 2)))
    seen: list[Message] = []
    after: After | None = None
    while True:
        page = await stores.conversations.messages(CASA, account.id, ANA, limit=2, after=after)
        seen += page.items
        if page.next is None:
            break
        after = page.next
    assert sorted(each.meta_message_id or "" for each in seen) == [f"m-{n}" for n in range(5)]
    places = [(each.ordered_at, each.id) for each in seen]
    assert places == sorted(places, reverse=True)


async def test_a_part_of_the_name_or_username_finds_a_contact(scene: Scene) -> None:
    account = await scene.connected()
    await named(scene, account, "1", "Ana Conceição", None)
    await named(scene, account, "2", None, "ana.c")
    await named(scene, account, "3", "Rui", "rui")
    await scene.happens(wrote("m-4", contact_id=ContactId("4")))
    assert await found_by(scene, account, "ANA") == {"1", "2"}
    assert await found_by(scene, account, "CEIÇÃO") == {"1"}
    assert await found_by(scene, account, "nobody") == set()


@pytest.mark.parametrize("query", ["livia", "LÍVIA", "Li\u0301via", "conceicao", "ceição"])
async def test_a_contact_is_found_whichever_accents_somebody_types(scene: Scene, query: str) -> None:
    account = await scene.connected()
    await named(scene, account, "1", "Lívia da Conceição", None)
    await named(scene, account, "2", "Li\u0301via da Conceic\u0327a\u0303o", None)
    await named(scene, account, "3", "Olivier", None)
    assert await found_by(scene, account, query) == {"1", "2"}


@pytest.mark.parametrize("wild", ["%", "_", "\\", "100%", "a_b", "\\%"])
async def test_a_query_is_taken_by_the_letter(scene: Scene, wild: str) -> None:
    account = await scene.connected()
    await named(scene, account, "1", f"so {wild} it is", None)
    await named(scene, account, "2", "plain axb 1000", None)
    assert await found_by(scene, account, wild) == {"1"}


async def test_unread_conversations_are_told_from_read_ones(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-2", contact_id=RUI))
    await stores.conversations.mark_read(CASA, account.id, RUI)
    assert [each.contact_id for each in (await listed(scene, account, unread=True)).items] == [ANA]
    assert [each.contact_id for each in (await listed(scene, account, unread=False)).items] == [RUI]
    assert len((await listed(scene, account)).items) == 2


async def test_a_read_mark_is_told_once(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-2"))
    assert (await scene.conversation(account)).unread_count == 2
    assert await stores.conversations.mark_read(CASA, account.id, ANA) is True
    assert await stores.conversations.mark_read(CASA, account.id, ANA) is False
    assert (await scene.conversation(account)).unread_count == 0
    events = await stores.backstage.events(CASA)
    marks = [event for event in events if event.type is EventType.CONVERSATION_UPDATED]
    assert [(mark.account_id, mark.contact_id) for mark in marks] == [(account.id, ANA)]


async def test_what_comes_after_a_read_mark_is_unread(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", sent_at=scene.now - timedelta(seconds=30)))
    await stores.conversations.mark_read(CASA, account.id, ANA)
    await scene.happens(wrote("m-2", sent_at=scene.now - timedelta(seconds=2)))
    assert (await scene.conversation(account)).unread_count == 1


async def test_another_tenant_finds_nothing(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    (message,) = await scene.messages(account)
    port = stores.conversations
    assert (await port.find(RIVAL, account.id, ANA)).last_message is None
    page = await port.list(RIVAL, account.id, limit=10, after=None, query=None, unread=None)
    assert page.items == ()
    assert (await port.messages(RIVAL, account.id, ANA, limit=10, after=None)).items == ()
    with pytest.raises(NotFound):
        await port.message(RIVAL, account.id, ANA, message.id)
    with pytest.raises(NotFound):
        await port.mark_read(RIVAL, account.id, ANA)
    assert (await scene.conversation(account)).unread_count == 1


async def test_a_message_is_found_in_its_own_conversation_alone(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    (message,) = await scene.messages(account)
    assert await stores.conversations.message(CASA, account.id, ANA, message.id) == message
    with pytest.raises(NotFound):
        await stores.conversations.message(CASA, account.id, RUI, message.id)
    with pytest.raises(NotFound):
        await stores.conversations.message(CASA, account.id, ANA, MessageId(stores.ids.new()))


async def test_a_new_contact_is_asked_for_once_a_minute(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-2"))
    (due,) = await stores.conversations.due_profiles(10)
    assert (due.tenant_id, due.account_id, due.id, due.name) == (CASA, account.id, ANA, None)
    assert await stores.conversations.due_profiles(10) == []
    await stores.backstage.age_tries(TWO_MINUTES)
    assert len(await stores.conversations.due_profiles(10)) == 1


async def test_a_profile_names_the_contact(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    (due,) = await stores.conversations.due_profiles(10)
    picture = "https://cdn.example/ana.jpg"
    facts: dict[str, int | bool] = {"follower_count": 312, "is_verified_user": False}
    profile = ContactProfile(name="Ana", username="ana", profile_picture_url=picture, facts=facts)
    await stores.conversations.save_profile(due, profile)
    contact = (await scene.conversation(account)).contact
    assert (contact.name, contact.username, contact.profile_picture_url) == ("Ana", "ana", picture)
    assert contact.facts == facts
    events = await stores.backstage.events(CASA)
    assert (events[-1].type, events[-1].contact_id) == (EventType.CONTACT_UPDATED, ANA)
    await stores.backstage.age_tries(timedelta(days=2))
    assert await stores.conversations.due_profiles(10) == []


async def test_a_profile_that_meta_keeps_is_asked_for_after_a_day(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"))
    (due,) = await stores.conversations.due_profiles(10)
    await stores.conversations.save_profile(due, None)
    await stores.backstage.age_tries(timedelta(hours=23))
    assert await stores.conversations.due_profiles(10) == []
    await stores.backstage.age_tries(timedelta(hours=2))
    assert len(await stores.conversations.due_profiles(10)) == 1


async def test_a_profile_that_meta_keeps_is_asked_for_ever_more_rarely(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"))
    (due,) = await stores.conversations.due_profiles(10)
    for days in (1, 2, 4, 7, 7):
        await stores.conversations.save_profile(due, None)
        await stores.backstage.age_tries(timedelta(days=days, hours=-1))
        assert await stores.conversations.due_profiles(10) == []
        await stores.backstage.age_tries(timedelta(hours=2))
        assert len(await stores.conversations.due_profiles(10)) == 1


async def test_a_profile_is_looked_at_again_after_a_week_if_the_contact_wrote_since(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-2", contact_id=RUI))
    for due in await stores.conversations.due_profiles(10):
        await stores.conversations.save_profile(due, ContactProfile(name="Somebody"))
    await scene.happens(wrote("m-3", sent_at=scene.now + timedelta(minutes=1)))
    await stores.backstage.age_tries(timedelta(days=6))
    assert await stores.conversations.due_profiles(10) == []
    await stores.backstage.age_tries(timedelta(days=1, hours=1))
    assert [one.id for one in await stores.conversations.due_profiles(10)] == [ANA]
    await stores.backstage.age_tries(timedelta(days=6))
    await scene.happens(wrote("m-4", contact_id=RUI, sent_at=scene.now + timedelta(minutes=1)))
    assert [one.id for one in await stores.conversations.due_profiles(10)] == [ANA]
    await stores.backstage.age_tries(timedelta(days=1, hours=1))
    assert {one.id for one in await stores.conversations.due_profiles(10)} == {ANA, RUI}


async def test_those_who_just_wrote_are_asked_for_before_those_who_are_known(
    scene: Scene, stores: Stores
) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"))
    (due,) = await stores.conversations.due_profiles(10)
    await stores.conversations.save_profile(due, ContactProfile(name="Ana"))
    await scene.happens(wrote("m-2", sent_at=scene.now + timedelta(minutes=1)))
    await stores.backstage.age_tries(timedelta(days=8))
    await scene.happens(wrote("m-3", contact_id=RUI))
    first = await stores.conversations.due_profiles(1)
    second = await stores.conversations.due_profiles(1)
    assert [one.id for one in (*first, *second)] == [RUI, ANA]


async def test_a_contact_without_a_name_is_asked_for_once_the_account_is_back(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    reason = StatusReason(code="x", detail="the session ended")
    await stores.accounts.needs_login(CASA, account.id, reason, as_of=account.connected_at)
    assert await stores.conversations.due_profiles(10) == []
    await scene.connected()
    assert len(await stores.conversations.due_profiles(10)) == 1


async def test_contacts_of_a_disconnected_account_are_not_asked_for(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    await stores.accounts.disconnect(CASA, account.id)
    assert await stores.conversations.due_profiles(10) == []


async def test_that_a_contact_cannot_be_reached_changes_nothing_they_wrote(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    before = await scene.conversation(account)
    await stores.conversations.unreachable(CASA, account.id, ANA)
    await stores.conversations.unreachable(CASA, account.id, RUI)
    assert await scene.conversation(account) == before
