"""What a handler is given of each kind of event, and how a consumer's numbers and names are read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.domain.model.consuming import consumer_name, retried_after
from meta_inbox.domain.model.event import Event, EventType
from meta_inbox.domain.model.told import (
    AccountChanged,
    ContactChanged,
    ContactDeleted,
    ConversationChanged,
    MessageChanged,
    MessageReceived,
    MessageSent,
    Told,
    told,
)
from tests.contracts.scene import ANA, CASA, echo, wrote
from tests.unit.doubles import World


async def logged(world: World) -> list[Event]:
    """The account is connected, Ana writes, and the Page answers in Meta's own app."""
    await world.scene.connected()
    await world.scene.happens(wrote("m-1", "hi"))
    await world.scene.happens(echo("m-2"))
    return list((await world.scene.stores.events.read(CASA, None, 10)).events)


@pytest.mark.parametrize(
    ("place", "as_type", "kind"),
    [
        (0, EventType.ACCOUNT_UPDATED, AccountChanged),
        (1, EventType.MESSAGE_CREATED, MessageReceived),
        (2, EventType.MESSAGE_CREATED, MessageSent),
        (1, EventType.MESSAGE_UPDATED, MessageChanged),
        (1, EventType.CONVERSATION_UPDATED, ConversationChanged),
        (1, EventType.CONTACT_UPDATED, ContactChanged),
    ],
)
async def test_each_type_is_a_kind_of_its_own(
    world: World, place: int, as_type: EventType, kind: type[Told]
) -> None:
    event = replace((await logged(world))[place], type=as_type)
    found = told(event, missed_before=True)
    assert found is not None
    assert type(found) is kind
    assert (found.id, found.tenant_id, found.missed_before) == (event.id, CASA, True)


async def test_a_deletion_is_told_though_the_contact_is_gone(world: World) -> None:
    account = await world.scene.connected()
    await world.scene.stores.deletions.begin(CASA, account.id, ANA)
    event = (await world.scene.stores.events.read(CASA, None, 10)).events[-1]
    found = told(event)
    assert isinstance(found, ContactDeleted)
    assert (found.deleted.contact_id, found.account) == (ANA, account)
    assert event.logged == (await world.backstage.events(CASA))[-1]


async def test_what_is_no_longer_all_there_is_not_told(world: World) -> None:
    event = (await logged(world))[1]
    assert told(replace(event, data=replace(event.data, conversation=None))) is None
    assert told(replace(event, data=replace(event.data, message=None))) is None


async def test_an_event_knows_the_entry_that_it_was_made_of(world: World) -> None:
    events = await logged(world)
    assert [event.logged for event in events] == await world.backstage.events(CASA)


def test_an_event_is_tried_five_times() -> None:
    pauses = [retried_after(attempt) for attempt in range(1, 6)]
    assert pauses == [timedelta(seconds=each) for each in (0.5, 2, 10, 30)] + [None]


@pytest.mark.parametrize("name", ["", "x" * 201, "a\tb", "a\x00"])
def test_a_name_is_printable_and_not_too_long(name: str) -> None:
    with pytest.raises(ValueError, match="1 to 200"):
        consumer_name(name)


def test_any_other_name_will_do() -> None:
    assert consumer_name("crm-leads") == "crm-leads"
