"""What a contact's own app has on the screen."""

from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_errors import NoSuchThing
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE, CASAVERDE
from meta_inbox.adapters.meta_graph.world_values import Json
from tests.unit.world_stage import new_world, page, text


@pytest.fixture
def world() -> World:
    return new_world()


@pytest.fixture
def caller(world: World) -> Caller:
    return page(world)


def test_answers_are_unread_until_the_contact_reads(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    for _ in range(2):
        world.messages.send(caller, "me", text(ana.id))
    assert (world.phones.unread(ana.id), world.phones.unreceived(ana.id)) == (2, 2)
    world.contacts.receive(ana.id)
    assert (world.phones.unread(ana.id), world.phones.unreceived(ana.id)) == (2, 0)
    world.contacts.read(ana.id)
    assert (world.phones.unread(ana.id), world.phones.unreceived(ana.id)) == (0, 0)


def test_what_is_read_has_come(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    world.messages.send(caller, "me", text(ana.id))
    world.contacts.read(ana.id)
    assert world.phones.unreceived(ana.id) == 0
    world.contacts.receive(ana.id)
    assert world.phones.unread(ana.id) == 0


def test_an_answer_after_the_clock_went_back_is_unread_as_well(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.advance(timedelta(hours=25))
    world.contacts.write(ana.id, "Oi")
    world.messages.send(caller, "me", text(ana.id))
    world.contacts.read(ana.id)
    world.return_to_present()
    world.messages.send(caller, "me", text(ana.id))
    assert world.phones.unread(ana.id) == 1


def test_typing_is_shown_until_it_ends_or_twenty_seconds_have_gone(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    assert not world.phones.shows_typing(ana.id)
    for then, shown in (("typing_on", True), ("typing_off", False), ("typing_on", True)):
        world.messages.send(caller, "me", {"recipient": {"id": ana.id}, "sender_action": then})
        assert world.phones.shows_typing(ana.id) is shown
    world.advance(timedelta(seconds=20))
    assert not world.phones.shows_typing(ana.id)


def test_each_app_offers_reactions_of_its_own(world: World) -> None:
    on_page, on_instagram = (
        [one["name"] for one in world.phones.reactions(world.contacts.create(account, "Ana").id)]
        for account in (CASA_VERDE.id, CASAVERDE.id)
    )
    assert "dislike" in on_page
    assert "dislike" not in on_instagram
    assert on_page[0] == on_instagram[0] == "love"


def test_what_the_account_set_up_is_offered(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    nothing: Json = {"greeting": None, "get_started": None, "ice_breakers": [], "menu": []}
    assert world.phones.offers(ana.id) == nothing
    asked = [{"question": "Entregam?", "payload": "DELIVERY"}]
    menu = [{"type": "postback", "title": "Preços", "payload": "PRICES"}]
    world.profiles.set(
        caller,
        "me",
        {
            "greeting": [{"locale": "default", "text": "Olá!"}],
            "get_started": {"payload": "START"},
            "ice_breakers": [{"locale": "default", "call_to_actions": asked}],
            "persistent_menu": [{"locale": "default", "call_to_actions": menu}],
        },
    )
    offered = world.phones.offers(ana.id)
    assert offered == {"greeting": "Olá!", "get_started": "START", "ice_breakers": asked, "menu": menu}


def test_nobody_has_no_phone(world: World) -> None:
    with pytest.raises(NoSuchThing):
        world.phones.unread("5")
