"""What a message may contain on either surface."""

from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE, CASAVERDE
from tests.unit.world_stage import (
    NOW,
    new_world,
    page,
    refusal,
    text,
    told,
)


@pytest.fixture
def world() -> World:
    return new_world()


@pytest.fixture
def caller(world: World) -> Caller:
    return page(world)


def buttons(count: int = 1, title: str = "Ver", text: str = "Escolha", **more: Any) -> dict[str, Any]:
    button = {"type": "postback", "title": title, "payload": "P"} | more
    payload = {"template_type": "button", "text": text, "buttons": [button] * count}
    return {"attachment": {"type": "template", "payload": payload}}


IMAGE = {"type": "image", "payload": {"url": "https://cdn.example/a.jpg"}}


@pytest.mark.parametrize(
    "message",
    [
        {"text": "x" * 2000},
        {"attachment": IMAGE},
        {"attachments": [IMAGE] * 30},
        buttons(3, title="x" * 20, text="x" * 640, payload="x" * 1000),
        buttons(type="web_url", url="https://shop.example"),
        {"text": "Escolha", "quick_replies": [{"content_type": "text", "title": "Sim", "payload": "S"}] * 13},
        {"sticker_id": "369239263222822"},
    ],
)
def test_messenger_carries(world: World, caller: Caller, message: dict[str, Any]) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    assert world.messages.send(caller, "me", text(ana.id, message=message))["message_id"]
    assert told(world)[-1]["message"]["is_echo"] is True


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": " "},
        {"text": "x" * 2001},
        {"text": "x", "attachment": IMAGE},
        {"text": "x", "metadata": "m" * 1000},
        {"attachment": {"type": "image", "payload": {"url": "ftp://cdn.example/a.jpg"}}},
        {"attachment": {"type": "hologram", "payload": {"url": "https://cdn.example/a.jpg"}}},
        {"attachments": [IMAGE] * 31},
        {"attachments": [IMAGE, {"type": "video", "payload": {"url": "https://cdn.example/a.mp4"}}]},
        buttons(0),
        buttons(4),
        buttons(title="x" * 21),
        buttons(text="x" * 641),
        buttons(payload="x" * 1001),
        buttons(type="phone_number"),
        {"text": "Escolha", "quick_replies": [{"title": "Sim", "payload": "S"}] * 14},
    ],
)
def test_messenger_refuses(world: World, caller: Caller, message: dict[str, Any]) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    code, _ = refusal(world.messages.send, caller, "me", text(ana.id, message=message))
    assert code == 100
    assert world.ledger == ()


def test_instagram_counts_text_in_bytes_and_images_to_ten(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASAVERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    assert world.messages.send(caller, "me", text(ana.id, "ã" * 500))
    assert refusal(world.messages.send, caller, "me", text(ana.id, "ã" * 501)) == (100, 2534015)
    images = {"attachments": [IMAGE] * 11}
    assert refusal(world.messages.send, caller, "me", text(ana.id, message=images)) == (100, 2534015)


def test_messenger_wants_a_messaging_type_and_instagram_does_not(world: World, caller: Caller) -> None:
    for account, refused in ((CASA_VERDE.id, True), (CASAVERDE.id, False)):
        ana = world.contacts.create(account, "Ana")
        world.contacts.write(ana.id, "Oi")
        body = {"recipient": {"id": ana.id}, "message": {"text": "Olá!"}}
        if refused:
            assert refusal(world.messages.send, caller, "me", body) == (100, None)
        else:
            assert world.messages.send(caller, "me", body)


def test_sender_actions_are_seen_by_the_contact_and_are_no_messages(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASAVERDE.id, "Ana")
    mid = world.contacts.write(ana.id, "Oi")
    for action in ("typing_on", "mark_seen"):
        body = {"recipient": {"id": ana.id}, "sender_action": action}
        assert world.messages.send(caller, "me", body) == {"recipient_id": ana.id}
    shown = world.ground.contact(ana.id)
    assert shown.typing_shown
    assert shown.seen_by_business_at == NOW
    reaction = {"sender_action": "react", "payload": {"message_id": mid, "reaction": "love"}}
    world.messages.send(caller, "me", {"recipient": {"id": ana.id}} | reaction)
    assert world.contacts.thread(ana.id)[0].business_reaction == "❤️"
    assert world.ledger == ()
    assert refusal(world.messages.send, caller, "me", text(ana.id, sender_action="typing_on")) == (100, None)


def test_a_reply_names_a_message_of_the_same_conversation(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    mid = world.contacts.write(ana.id, "Oi")
    assert world.messages.send(caller, "me", text(ana.id, reply_to={"mid": mid}))
    assert world.contacts.thread(ana.id)[-1].reply_to == mid
    assert refusal(world.messages.send, caller, "me", text(ana.id, reply_to={"mid": "m_x"})) == (100, None)
