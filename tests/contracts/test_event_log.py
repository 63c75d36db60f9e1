"""What the log tells: everything once, in the order of commits, with what it is about as it now is."""

from meta_inbox.domain.model.changes import Edited
from meta_inbox.domain.model.contact import ContactProfile
from meta_inbox.domain.model.event import Event, EventType
from meta_inbox.domain.model.ids import TenantId
from tests.contracts.backstage import Stores
from tests.contracts.scene import ANA, CASA, RIVAL, RUI, Scene, page_candidate, says, wrote

NOBODY = TenantId("nobody")


def said(events: tuple[Event, ...] | list[Event]) -> list[str | None]:
    """What the messages say that are told of."""
    return [event.data.message.text for event in events if event.data.message is not None]


async def test_everything_is_told_in_the_order_in_which_it_came(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", "hi"))
    await scene.happens(wrote("m-2", "hello?", contact_id=RUI))
    await stores.conversations.mark_read(CASA, account.id, ANA)
    page = await stores.events.read(CASA, 0, 100)
    assert [(event.seq, event.type) for event in page.events] == [
        (1, EventType.ACCOUNT_UPDATED),
        (2, EventType.MESSAGE_CREATED),
        (3, EventType.MESSAGE_CREATED),
        (4, EventType.CONVERSATION_UPDATED),
    ]
    assert (page.up_to, page.lost, page.more) == (4, False, False)
    assert {event.data.account.id for event in page.events} == {account.id}
    assert len({event.id for event in page.events}) == len(page.events)


async def test_a_new_message_comes_with_its_conversation(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1", "hi"))
    (told,) = (await stores.events.read(CASA, 1, 100)).events
    assert told.data.message is not None
    assert told.data.conversation is not None
    assert (told.data.message.text, told.data.conversation.unread_count) == ("hi", 1)
    assert told.data.conversation.last_message == told.data.message


async def test_what_is_read_late_is_told_as_it_is_by_then(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1", "helo"))
    await scene.happens(says(Edited(text="hello", number=1), "m-1"))
    page = await stores.events.read(CASA, 1, 100)
    assert [event.type for event in page.events] == [EventType.MESSAGE_CREATED, EventType.MESSAGE_UPDATED]
    assert said(list(page.events)) == ["hello", "hello"]


async def test_a_profile_that_was_fetched_is_told_with_its_contact(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"))
    (contact,) = await stores.conversations.due_profiles(10)
    await stores.conversations.save_profile(contact, ContactProfile(name="Ana Souza"))
    (told,) = (await stores.events.read(CASA, 2, 100)).events
    assert told.type is EventType.CONTACT_UPDATED
    assert told.data.contact is not None
    assert told.data.contact.name == "Ana Souza"


async def test_pages_follow_one_another_without_gap_or_repetition(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    for number in range(7):
        await scene.happens(wrote(f"m-{number}", str(number)))
    seen: list[Event] = []
    place, more = 1, True
    while more:
        page = await stores.events.read(CASA, place, 3)
        seen += page.events
        place, more = page.up_to, page.more
    assert said(seen) == [str(number) for number in range(7)]
    assert (await stores.events.read(CASA, place, 3)).events == ()


async def test_a_tenant_reads_its_own_log_alone(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.connected(RIVAL, page_candidate("1002"))
    await scene.happens(wrote("m-1", "for Casa Verde"))
    rival = await stores.events.read(RIVAL, 0, 100)
    assert [event.type for event in rival.events] == [EventType.ACCOUNT_UPDATED]
    casa = await stores.events.read(CASA, 0, 100)
    assert not {event.id for event in rival.events} & {event.id for event in casa.events}


async def test_where_logs_end_is_known_of_many_tenants(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"))
    await scene.connected(RIVAL, page_candidate("1002"))
    assert await stores.events.heads([CASA, RIVAL, NOBODY]) == {CASA: 2, RIVAL: 1, NOBODY: 0}
    assert await stores.events.heads([]) == {}


async def test_a_log_in_which_nothing_happened_is_empty(stores: Stores) -> None:
    for place in (0, None):
        page = await stores.events.read(NOBODY, place, 10)
        assert (page.events, page.up_to, page.lost, page.more) == ((), 0, False, False)


async def test_whoever_was_away_longer_than_the_log_reaches_is_told_so(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    for number in range(4):
        await scene.happens(wrote(f"m-{number}", str(number)))
    await stores.backstage.forget_events(CASA, up_to=3)
    late = await stores.events.read(CASA, 2, 10)
    assert (late.lost, said(list(late.events)), late.up_to) == (True, ["2", "3"], 5)
    in_time = await stores.events.read(CASA, 3, 10)
    assert (in_time.lost, said(list(in_time.events))) == (False, ["2", "3"])


async def test_a_new_reader_begins_with_the_oldest_that_there_is(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    for number in range(4):
        await scene.happens(wrote(f"m-{number}", str(number)))
    await stores.backstage.forget_events(CASA, up_to=3)
    page = await stores.events.read(CASA, None, 10)
    assert (page.lost, said(list(page.events))) == (False, ["2", "3"])


async def test_a_log_that_was_forgotten_whole_is_known_to_have_gone_on(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    await scene.happens(wrote("m-1"))
    await stores.backstage.forget_events(CASA, up_to=2)
    page = await stores.events.read(CASA, 1, 10)
    assert (page.lost, page.events, page.up_to) == (True, (), 2)
    assert not (await stores.events.read(CASA, 2, 10)).lost


async def test_a_place_that_the_log_never_reached_is_none(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    page = await stores.events.read(CASA, 99, 10)
    assert (page.lost, page.up_to) == (True, 1)


async def test_days_that_are_forgotten_out_of_order_end_a_page(scene: Scene, stores: Stores) -> None:
    await scene.connected()
    for number in range(3):
        await scene.happens(wrote(f"m-{number}", str(number)))
    await stores.backstage.forget_events(CASA, up_to=3, since=3)
    page = await stores.events.read(CASA, 0, 10)
    assert (page.lost, page.up_to, page.more) == (False, 2, True)
    rest = await stores.events.read(CASA, 2, 10)
    assert (rest.lost, said(list(rest.events))) == (True, ["2"])
