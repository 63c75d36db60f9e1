"""The model of Meta as a whole: reading back, faults on demand, and going on after a restart."""

from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_errors import NoSuchThing
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE, CASAVERDE, PADARIA_SOL
from tests.unit.world_stage import (
    NOW,
    SECRET,
    dialog,
    new_world,
    page,
    refusal,
    text,
    user,
)


@pytest.fixture
def world() -> World:
    return new_world()


@pytest.fixture
def caller(world: World) -> Caller:
    return page(world)


def test_a_profile_needs_the_contacts_consent(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASAVERDE.id, "Ana Lima", "ana.lima")
    assert refusal(world.conversations.profile, caller, ana.id, "name") == (230, None)
    world.contacts.write(ana.id, "Oi")
    profile = world.conversations.profile(caller, ana.id, "name,username,profile_pic")
    assert (profile["name"], profile["username"]) == ("Ana Lima", "ana.lima")
    world.contacts.change(ana.id, profile_shown=False)
    assert world.conversations.profile(caller, ana.id, "name") == {"id": ana.id}
    other = world.contacts.create(PADARIA_SOL.id, "Rui")
    assert refusal(world.conversations.profile, caller, other.id) == (100, 33)


def test_conversations_show_details_of_the_latest_twenty_messages(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASAVERDE.id, "Ana")
    mids = [
        world.contacts.write(ana.id, f"{number}", at=NOW + timedelta(seconds=number)) for number in range(22)
    ]
    fields = "id,participants,messages.limit(21){id,message,created_time}"
    (thread,) = world.conversations.list(caller, "me", platform="instagram", fields=fields)["data"]
    messages = thread["messages"]["data"]
    assert messages[0] == {"id": mids[-1], "message": "21", "created_time": "2026-11-23T12:00:21+0000"}
    assert messages[20] == {"id": mids[1]}
    assert len(messages) == 21
    assert world.conversations.node(caller, mids[-1], "message")["message"] == "21"
    assert refusal(world.conversations.node, caller, mids[0], "message") == (9000001, None)
    assert world.conversations.list(caller, "me", platform="messenger")["data"] == []


@pytest.mark.parametrize("fields", ["a{b", "a}b", "a.limit(x)", "a{" * 9])
def test_malformed_fields_are_refused(world: World, caller: Caller, fields: str) -> None:
    assert refusal(world.pages.me, caller, fields) == (2500, None)


def send_under(world: World, caller: Caller, kind: FaultKind, count: int = 1) -> list[Any]:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    world.faults.plan("messages", Fault(kind=kind, code=100, status=400), count)
    return [
        world.call("messages", lambda: world.messages.send(caller, "me", text(ana.id)))
        for _ in range(count + 1)
    ]


@pytest.mark.parametrize(
    ("kind", "accepted", "doubt"),
    [
        (FaultKind.DELAY, True, False),
        (FaultKind.ANSWER_LATE, True, False),
        (FaultKind.DROP, False, True),
        (FaultKind.REFUSE, False, False),
        (FaultKind.THROTTLE, False, False),
        (FaultKind.ACCEPT_THEN_HANG, True, True),
        (FaultKind.ACCEPT_THEN_RESET, True, True),
        (FaultKind.HTML_503, False, True),
        (FaultKind.BAD_JSON, True, True),
        (FaultKind.REDIRECT, False, True),
    ],
)
def test_a_fault_says_whether_meta_acted_and_whether_anybody_can_tell(
    world: World, caller: Caller, kind: FaultKind, accepted: bool, doubt: bool
) -> None:
    spoilt, fine = send_under(world, caller, kind)
    assert spoilt.fault is not None
    assert spoilt.fault.leaves_doubt is doubt
    assert fine.fault is None
    assert fine.answer["message_id"]
    assert len(world.ledger) == (2 if accepted else 1)


def test_a_refusal_has_its_code_and_a_trace(world: World, caller: Caller) -> None:
    spoilt, _ = send_under(world, caller, FaultKind.REFUSE)
    assert spoilt.error.body()["error"]["code"] == 100
    assert spoilt.error.body()["error"]["fbtrace_id"].startswith("A")


def test_a_fault_happens_as_often_as_was_asked_and_on_its_endpoint_alone(
    world: World, caller: Caller
) -> None:
    world.faults.plan("me", Fault(kind=FaultKind.DROP))
    *spoilt, fine = send_under(world, caller, FaultKind.THROTTLE, count=3)
    assert [attempt.error.code for attempt in spoilt] == [613] * 3
    assert fine.error is None
    assert [planned.endpoint for planned in world.faults.waiting] == ["me"]
    world.faults.plan("*", Fault(kind=FaultKind.DROP), None)
    assert world.faults.take("profile") == world.faults.take("page") == Fault(kind=FaultKind.DROP)
    world.faults.clear()
    assert world.faults.take("profile") is None


def test_an_unknown_endpoint_has_no_faults(world: World) -> None:
    with pytest.raises(ValueError, match="mesages"):
        world.faults.plan("mesages", Fault(kind=FaultKind.DROP))


def test_the_same_seed_makes_the_same_ids_and_another_seed_others() -> None:
    def first_contact(seed: str) -> str:
        world = new_world(seed=seed)
        return world.contacts.create(CASA_VERDE.id, "Ana").id

    assert first_contact("a") == first_contact("a") != first_contact("b")


def test_a_dumped_world_goes_on_where_it_was(world: World) -> None:
    caller = page(world)
    ana = world.contacts.create(CASAVERDE.id, "Ana")
    mid = world.contacts.write(ana.id, "Oi")
    message = {"text": "Escolha", "quick_replies": [{"title": "Sim", "payload": "S"}]}
    world.messages.send(caller, "me", text(ana.id, message=message))
    again = new_world(seed="another", empty=True)
    again.restore(world.dump())
    assert again.ground.state == world.ground.state
    assert again.contacts.write(ana.id, "Oi?") not in ("", mid)
    assert again.messages.send(caller, "me", text(ana.id))["message_id"]


def test_what_is_no_dump_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="no state of a sandbox"):
        world.restore(b"{}")


def test_no_secret_shows_in_a_repr(world: World) -> None:
    caller = user(world)
    token = world.access.require(caller)
    shown = repr([world.ground, world.ground.state, caller, token, dialog(world)])
    assert SECRET.reveal() not in shown
    assert caller.token not in shown
    assert str(caller.proof) not in shown


def test_playing_a_contact_who_is_not_there_fails(world: World) -> None:
    with pytest.raises(NoSuchThing):
        world.contacts.write("123", "Oi")
