"""The Send API: to whom, until when, and what is kept of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_people import ATELIE_LUA, CASA_VERDE, CASAVERDE, MARINA, PADARIA_SOL
from tests.unit.world_stage import (
    NOW,
    new_world,
    page,
    refusal,
    text,
)


@pytest.fixture
def world() -> World:
    return new_world()


@pytest.fixture
def caller(world: World) -> Caller:
    return page(world)


@pytest.mark.parametrize(
    ("account", "subcode"), [(CASA_VERDE.id, 2018278), (CASAVERDE.id, 2534022)], ids=["page", "instagram"]
)
def test_the_window_closes_after_a_day(world: World, caller: Caller, account: str, subcode: int) -> None:
    ana = world.contacts.create(account, "Ana")
    assert refusal(world.messages.send, caller, "me", text(ana.id)) == (10, subcode)
    world.contacts.write(ana.id, "Oi")
    world.advance(timedelta(hours=24) - timedelta(seconds=1))
    assert world.messages.send(caller, "me", text(ana.id))["recipient_id"] == ana.id
    world.advance(timedelta(seconds=1))
    assert refusal(world.messages.send, caller, "me", text(ana.id)) == (10, subcode)
    assert len(world.ledger) == 1


def test_a_message_from_yesterday_opens_nothing_and_an_older_one_closes_nothing(
    world: World, caller: Caller
) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi", at=NOW - timedelta(hours=25))
    assert refusal(world.messages.send, caller, "me", text(ana.id)) == (10, 2018278)
    world.contacts.write(ana.id, "Oi?")
    world.contacts.write(ana.id, "Oi!", at=NOW - timedelta(hours=30))
    assert world.messages.send(caller, "me", text(ana.id))


def test_who_came_by_an_advertisement_may_be_written_to_for_seven_days(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi", referral={"source": "ADS", "ad_id": "6"})
    world.advance(timedelta(days=7) - timedelta(seconds=1))
    assert world.messages.send(caller, "me", text(ana.id))
    world.quirks = replace(world.quirks, ad_windows=False)
    assert refusal(world.messages.send, caller, "me", text(ana.id)) == (10, 2018278)
    world.quirks = replace(world.quirks, ad_windows=True)
    world.advance(timedelta(seconds=1))
    assert refusal(world.messages.send, caller, "me", text(ana.id)) == (10, 2018278)


def test_a_human_agent_may_answer_for_seven_days(world: World, caller: Caller) -> None:
    tagged = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    world.advance(timedelta(days=6))
    assert world.messages.send(caller, "me", text(ana.id, **tagged))
    assert world.ledger[-1].tag == "HUMAN_AGENT"
    world.quirks = replace(world.quirks, human_agent_approved=False)
    assert refusal(world.messages.send, caller, "me", text(ana.id, **tagged)) == (10, None)
    world.quirks = replace(world.quirks, human_agent_approved=True)
    world.advance(timedelta(days=1))
    assert refusal(world.messages.send, caller, "me", text(ana.id, **tagged)) == (10, 2018278)


def test_a_retired_tag_is_refused(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    body = text(ana.id, messaging_type="MESSAGE_TAG", tag="ACCOUNT_UPDATE")
    assert refusal(world.messages.send, caller, "me", body) == (100, None)


def test_a_reaction_opens_the_window_and_taking_it_back_or_reading_does_not(
    world: World, caller: Caller
) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    mid = world.contacts.write(ana.id, "Oi", at=NOW - timedelta(days=2))
    world.contacts.read(ana.id)
    world.contacts.edit(ana.id, mid, "Olá")
    world.contacts.react(ana.id, mid, None)
    assert refusal(world.messages.send, caller, "me", text(ana.id)) == (10, 2018278)
    world.contacts.react(ana.id, mid, "love")
    assert world.messages.send(caller, "me", text(ana.id))


def test_the_ledger_keeps_the_metadata_of_each_accepted_send(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    message = {"text": "Sai hoje", "metadata": "token-1"}
    mid = world.messages.send(caller, CASA_VERDE.id, text(ana.id, message=message))["message_id"]
    (sent,) = world.ledger
    assert (sent.mid, sent.metadata, sent.recipient_id) == (mid, "token-1", ana.id)
    assert [entry.text for entry in world.contacts.thread(ana.id)] == ["Oi", "Sai hoje"]


def test_an_id_is_good_for_its_own_account_alone(world: World, caller: Caller) -> None:
    elsewhere = world.contacts.create(PADARIA_SOL.id, "Ana")
    world.contacts.write(elsewhere.id, "Oi")
    assert refusal(world.messages.send, caller, "me", text(elsewhere.id)) == (100, 2018001)
    lua = world.contacts.create(ATELIE_LUA.instagram_id or "", "Ana")
    assert refusal(world.messages.send, caller, "me", text(lua.id)) == (100, 2534014)
    assert refusal(world.messages.send, caller, "me", text("123")) == (100, 2018001)


def test_somebody_who_blocked_the_business_is_unavailable(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    world.contacts.change(ana.id, available=False)
    assert refusal(world.messages.send, caller, "me", text(ana.id)) == (551, 1545041)
    assert world.ledger == ()


def test_sending_needs_permission_task_and_the_owners_switch(world: World) -> None:
    lua = page(world, ATELIE_LUA.id, fields=["messages"])
    ana = world.contacts.create(ATELIE_LUA.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    assert refusal(world.messages.send, lua, "me", text(ana.id)) == (200, None)
    casa, iris = page(world), world.contacts.create(CASAVERDE.id, "Íris")
    world.contacts.write(iris.id, "Oi")
    world.permissions.answer(MARINA.id, "instagram_manage_messages", "declined")
    assert refusal(world.messages.send, casa, "me", text(iris.id)) == (10, None)
    world.permissions.answer(MARINA.id, "instagram_manage_messages", "granted")
    world.ground.state.instagram[CASAVERDE.id] = replace(CASAVERDE, messages_allowed=False)
    assert refusal(world.messages.send, casa, "me", text(iris.id)) == (200, 2534041)
