"""What Meta shows of a conversation that is read back, and what it keeps to itself."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE, CASAVERDE
from tests.unit.world_stage import new_world, page, refusal, told

FIELDS = (
    "id,updated_time,messages.limit(20){id,created_time,message,attachments,shares,story,reply_to,"
    "is_unsupported,reactions{reaction,users}}"
)


@pytest.fixture
def world() -> World:
    return new_world()


def read(world: World, caller: Caller) -> list[dict[str, Any]]:
    """The messages of the only Instagram conversation, newest first."""
    found = world.conversations.list(caller, CASA_VERDE.id, platform="instagram", fields=FIELDS)
    (thread,) = found["data"]
    return list(thread["messages"]["data"])


def test_a_story_that_is_answered_is_beside_the_message(world: World) -> None:
    caller, ana = page(world), world.contacts.create(CASAVERDE.id, "Ana")
    story = {"id": "18", "url": "https://cdn.example/story.jpg"}
    world.contacts.write(ana.id, "Lindo!", story=story)
    (message,) = read(world, caller)
    assert message["story"] == {"reply_to": {"link": story["url"], "id": "18"}}
    assert told(world)[-1]["message"]["reply_to"] == {"story": story}


def test_what_cannot_be_shown_is_said_in_both_ways(world: World) -> None:
    caller, ana = page(world), world.contacts.create(CASAVERDE.id, "Ana")
    world.contacts.write(ana.id, None, unsupported=True)
    (message,) = read(world, caller)
    assert message["is_unsupported"] is True
    assert told(world)[-1]["message"]["is_unsupported"] is True


def test_reactions_name_whoever_reacted(world: World) -> None:
    caller, ana = page(world), world.contacts.create(CASAVERDE.id, "Ana")
    mid = world.contacts.write(ana.id, "Oi")
    world.contacts.react(ana.id, mid, "love")
    (message,) = read(world, caller)
    (reaction,) = message["reactions"]["data"]
    assert reaction["reaction"] == "love"
    assert [user["id"] for user in reaction["users"]["data"]] == [ana.id]


def test_older_messages_are_listed_by_their_ids_and_cannot_be_read(world: World) -> None:
    caller, ana = page(world), world.contacts.create(CASA_VERDE.id, "Ana")
    mids = [
        world.contacts.write(ana.id, f"n. {n}", at=world.now() - timedelta(minutes=30 - n)) for n in range(22)
    ]
    found = world.conversations.list(caller, CASA_VERDE.id, fields="messages{id,message}")
    messages = found["data"][0]["messages"]["data"]
    assert [message.get("message") for message in messages[-3:]] == ["n. 2", None, None]
    assert refusal(world.conversations.node, caller, mids[0]) == (9000001, None)


def test_lost_webhooks_are_lost_for_good(world: World) -> None:
    page(world)
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.quirks = replace(world.quirks, webhooks_lost=True)
    world.contacts.write(ana.id, "Alô?")
    world.quirks = replace(world.quirks, webhooks_lost=False)
    assert told(world) == []
    assert [entry.text for entry in world.contacts.thread(ana.id)] == ["Alô?"]


def test_more_than_two_calls_in_a_second_are_throttled_where_that_is_played(world: World) -> None:
    caller = page(world)
    world.quirks = replace(world.quirks, conversation_calls_a_second=2)
    for _ in range(2):
        world.conversations.list(caller, CASA_VERDE.id)
    assert refusal(world.conversations.list, caller, CASA_VERDE.id) == (613, None)
    world.advance(timedelta(seconds=1))
    assert world.conversations.list(caller, CASA_VERDE.id)["data"] == []
