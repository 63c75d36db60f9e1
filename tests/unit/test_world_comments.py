"""What Meta tells of comments, and of a thread that is handed over, read by our own reader."""

import pytest

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE, CASAVERDE
from meta_inbox.domain.model.changes import OwnerChanged, Unsent
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from tests.unit.world_stage import APP_ID, new_world, page

FIELDS = ("messages", "feed", "messaging_handovers")


@pytest.fixture
def world() -> World:
    made = new_world()
    page(made, fields=FIELDS)
    return made


def only(world: World) -> WebhookItem:
    """What the one webhook says that went out since."""
    (webhook,) = world.webhooks.outgoing
    world.webhooks.outgoing.clear()
    (item,) = MsgspecWebhookReader([APP_ID]).read(webhook.body).items
    assert item.problem is None
    return item


@pytest.mark.parametrize("account", [CASA_VERDE.id, CASAVERDE.id])
def test_a_comment_and_the_business_answer_to_it(world: World, account: str) -> None:
    ana = world.contacts.create(account, "Ana")
    comment = world.comments.write(ana.id, "Price?")
    item = only(world)
    assert (item.kind, item.type, item.text) == (ItemKind.MESSAGE, "comment", "Price?")
    assert (item.contact_id, item.meta_message_id) == (f"comments:{ana.id}", comment)
    answer = world.comments.answer(ana.id, comment, "40")
    item = only(world)
    assert (item.kind, item.meta_message_id, item.reply_to) == (ItemKind.ANSWER, answer, comment)


def test_a_page_is_told_when_a_comment_is_removed(world: World) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    comment = world.comments.write(ana.id, "Price?")
    only(world)
    world.comments.remove(ana.id, comment)
    item = only(world)
    assert (item.kind, item.says, item.meta_message_id) == (ItemKind.CHANGE, Unsent(), comment)


def test_instagram_does_not_tell_when_a_comment_is_removed(world: World) -> None:
    ana = world.contacts.create(CASAVERDE.id, "Ana")
    comment = world.comments.write(ana.id, "Price?")
    only(world)
    world.comments.remove(ana.id, comment)
    assert world.webhooks.outgoing == []


def test_a_thread_is_handed_to_another_app_and_back(world: World) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    for app, owner in (("77", "77"), (APP_ID, "self")):
        world.contacts.hand_over(ana.id, app)
        assert only(world).says == OwnerChanged(owner=owner)
