"""What Meta tells of comments, and of a thread that is handed over, read by our own reader."""

from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_comments import Edge
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE, CASAVERDE, PADARIA_SOL
from meta_inbox.domain.model.changes import Hidden, OwnerChanged, Unsent
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from tests.unit.world_stage import APP_ID, new_world, page, refusal, text

FIELDS = ("messages", "message_echoes", "feed", "messaging_handovers")


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
    world.comments.remove(comment)
    item = only(world)
    assert (item.kind, item.says, item.meta_message_id) == (ItemKind.CHANGE, Unsent(), comment)


def test_instagram_does_not_tell_when_a_comment_is_removed(world: World) -> None:
    ana = world.contacts.create(CASAVERDE.id, "Ana")
    comment = world.comments.write(ana.id, "Price?")
    only(world)
    world.comments.remove(comment)
    assert world.webhooks.outgoing == []


def test_a_thread_is_handed_to_another_app_and_back(world: World) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    for app, owner in (("77", "77"), (APP_ID, "self")):
        world.contacts.hand_over(ana.id, app)
        assert only(world).says == OwnerChanged(owner=owner)


def privately(comment: str, words: str = "40 for you") -> dict[str, Any]:
    return text("0", words) | {"recipient": {"comment_id": comment}}


def commented(world: World, account: str, **more: Any) -> tuple[str, str]:
    """Ana commented, which was told; her id and the comment's."""
    ana = world.contacts.create(account, "Ana")
    comment = world.comments.write(ana.id, "Price?", **more)
    world.webhooks.outgoing.clear()
    return ana.id, comment


@pytest.mark.parametrize("account", [CASA_VERDE.id, CASAVERDE.id])
def test_a_private_answer_reaches_who_commented_though_they_never_wrote(world: World, account: str) -> None:
    (ana, comment), casa = commented(world, account), page(world, fields=())
    sent = world.messages.send(casa, CASA_VERDE.id, privately(comment))
    assert sent["recipient_id"] == ana
    assert world.contacts.thread(ana)[-1].text == "40 for you"
    assert only(world).meta_message_id == sent["message_id"]
    assert refusal(world.messages.send, casa, CASA_VERDE.id, text(ana))[0] == 10


USED = {CASA_VERDE.id: (10900, None), CASAVERDE.id: (-1, 2534023)}
TOO_LATE = {CASA_VERDE.id: (10903, None), CASAVERDE.id: (100, 2534025)}


@pytest.mark.parametrize("account", [CASA_VERDE.id, CASAVERDE.id])
def test_a_comment_has_one_private_answer(world: World, account: str) -> None:
    (_, comment), casa = commented(world, account), page(world, fields=())
    world.messages.send(casa, CASA_VERDE.id, privately(comment))
    assert refusal(world.messages.send, casa, CASA_VERDE.id, privately(comment)) == USED[account]
    assert len(world.ledger) == 1


@pytest.mark.parametrize("account", [CASA_VERDE.id, CASAVERDE.id])
def test_a_private_answer_comes_too_late_after_a_week_or_a_removal(world: World, account: str) -> None:
    casa, (_, old) = page(world, fields=()), commented(world, account)
    world.advance(timedelta(days=7))
    ana, removed = commented(world, account)
    world.comments.remove(removed)
    own = world.comments.answer(ana, removed, "Sorry!")
    for comment in (old, removed, own, "404"):
        expected = TOO_LATE[CASA_VERDE.id if comment == "404" else account]
        assert refusal(world.messages.send, casa, CASA_VERDE.id, privately(comment)) == expected


def test_a_live_comment_is_answered_in_private_while_the_broadcast_lasts(world: World) -> None:
    casa, (ana, first) = page(world, fields=()), commented(world, CASAVERDE.id, live=True)
    world.messages.send(casa, CASA_VERDE.id, privately(first))
    world.webhooks.outgoing.clear()
    second = world.comments.write(ana, "And shipping?", live=True)
    assert only(world).type == "live_comment"
    world.comments.end_broadcast()
    late = refusal(world.messages.send, casa, CASA_VERDE.id, privately(second))
    assert late == TOO_LATE[CASAVERDE.id]


@pytest.mark.parametrize(("account", "edge"), [(CASA_VERDE.id, "comments"), (CASAVERDE.id, "replies")])
def test_an_answer_in_public_is_told_like_any_comment(world: World, account: str, edge: Edge) -> None:
    (ana, comment), casa = commented(world, account), page(world, fields=())
    answer = world.comments.reply(casa, comment, edge, "40")["id"]
    item = only(world)
    assert (item.kind, item.meta_message_id, item.reply_to, item.text) == (
        ItemKind.ANSWER,
        answer,
        comment,
        "40",
    )
    deeper = world.comments.write(ana, "Too much", parent=comment)
    world.webhooks.outgoing.clear()
    world.comments.reply(casa, deeper, edge, "Not at all")
    assert only(world).reply_to == comment


def test_what_cannot_be_answered_in_public_is_refused(world: World) -> None:
    (_, comment), casa = commented(world, CASAVERDE.id), page(world, fields=())
    assert refusal(world.comments.reply, casa, comment, "comments", "40") == (100, 33)
    assert refusal(world.comments.reply, casa, comment, "replies", " ") == (100, None)
    assert refusal(world.comments.reply, page(world, PADARIA_SOL.id), comment, "replies", "40") == (100, 33)
    world.comments.remove(comment)
    assert refusal(world.comments.reply, casa, comment, "replies", "40") == (100, 33)


def test_a_page_is_told_that_a_comment_was_hidden_and_shown_again(world: World) -> None:
    (_, comment), casa = commented(world, CASA_VERDE.id), page(world, fields=())
    for hidden in (True, False):
        assert world.comments.hide(casa, comment, {"is_hidden": str(hidden).lower()}) == {"success": True}
        item = only(world)
        assert (item.says, item.meta_message_id) == (Hidden(hidden=hidden), comment)


def test_instagram_hides_without_a_word(world: World) -> None:
    (_, comment), casa = commented(world, CASAVERDE.id), page(world, fields=())
    assert refusal(world.comments.hide, casa, comment, {"is_hidden": "true"}) == (100, None)
    world.comments.hide(casa, comment, {"hide": True})
    assert world.ground.comment(comment).hidden
    assert world.webhooks.outgoing == []
