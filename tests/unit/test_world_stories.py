"""Stories that contacts answer, and stories in which they mention an account."""

import pytest

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_errors import NoSuchThing
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE, CASAVERDE
from tests.unit.world_stage import new_world, page, told


@pytest.fixture
def world() -> World:
    world = new_world()
    page(world)
    return world


def test_a_contact_answers_the_story_that_it_names(world: World) -> None:
    ana = world.contacts.create(CASAVERDE.id, "Ana")
    first, second = world.stories.of(ana.id)
    world.stories.reply(ana.id, "Que lindo!", second["id"])
    assert told(world)[-1]["message"]["reply_to"] == {"story": second}
    assert world.contacts.thread(ana.id)[-1].story == second
    world.stories.reply(ana.id, "E essa?")
    assert world.contacts.thread(ana.id)[-1].story == first


def test_the_stories_of_an_account_stay_the_same_and_are_its_own(world: World) -> None:
    ana, bia = (world.contacts.create(CASAVERDE.id, name) for name in ("Ana", "Bia"))
    other = world.contacts.create("17841400000000003", "Ana")
    assert world.stories.of(ana.id) == world.stories.of(bia.id)
    shown = {one["id"] for one in world.stories.of(ana.id)}
    assert shown.isdisjoint(one["id"] for one in world.stories.of(other.id))


def test_a_mention_comes_with_its_picture_and_is_understood(world: World) -> None:
    ana = world.contacts.create(CASAVERDE.id, "Ana")
    world.stories.mention(ana.id)
    world.stories.mention(ana.id, "https://cdn.example/own.png")
    urls = [event["message"]["attachments"][0]["payload"]["url"] for event in told(world)]
    assert world.media.answer(urls[0].removeprefix(world.ground.media_url)).status == 200
    assert urls[1] == "https://cdn.example/own.png"
    (item,) = MsgspecWebhookReader().read(world.webhooks.outgoing[-1].body).items
    assert item.type == "story_mention"


def test_messenger_knows_no_stories(world: World) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    assert world.stories.of(ana.id) == []
    with pytest.raises(NoSuchThing):
        world.stories.reply(ana.id, "Oi")
    with pytest.raises(NoSuchThing):
        world.stories.mention(ana.id)


def test_a_story_of_nobody_cannot_be_answered(world: World) -> None:
    ana = world.contacts.create(CASAVERDE.id, "Ana")
    with pytest.raises(NoSuchThing):
        world.stories.reply(ana.id, "Oi", "18000000000000000")
    assert world.contacts.thread(ana.id) == []
