"""Files that a business hands over: what is taken, of whom a copy is, and what templates may hold."""

from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_attachments import Given
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE, CASAVERDE, MARINA
from meta_inbox.adapters.meta_graph.world_pictures import picture
from tests.unit.world_stage import new_world, page, refusal, text

PNG = Given(name="a.png", kind="image/png", content=picture("a"))
MEGABYTE = 1024 * 1024


@pytest.fixture
def world() -> World:
    return new_world()


@pytest.fixture
def caller(world: World) -> Caller:
    return page(world)


def body(kind: str = "image", **more: Any) -> dict[str, Any]:
    return {"message": {"attachment": {"type": kind, "payload": {"is_reusable": True}}}} | more


def template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": payload}}


def elements(kind: str, *parts: dict[str, Any]) -> dict[str, Any]:
    return template({"template_type": kind, "elements": list(parts)})


def test_a_copy_has_an_id_and_an_address(world: World, caller: Caller) -> None:
    id_ = world.attachments.upload(caller, "me", body(), PNG)["attachment_id"]
    assert id_.isdecimal()
    assert world.media.answer(world.attachments.address(id_).partition("fbcdn.net")[2]).content == PNG.content


@pytest.mark.parametrize(
    ("asked", "file", "code"),
    [
        ({}, PNG, (100, None)),
        ({"message": {"text": "x"}}, PNG, (100, 2018014)),
        (body("template"), PNG, (100, 2018014)),
        (body("hologram"), PNG, (100, 2018014)),
        (body("hologram", platform="instagram"), PNG, (100, 2534015)),
        (body(), None, (100, 2018008)),
        (body(), Given(name="a", kind="image/png", content=b""), (100, 2018047)),
        (body(), Given(name="a", kind="image/webp", content=b"x"), (100, 2018047)),
        (body(), Given(name="a", kind="image/png", content=bytes(8 * MEGABYTE + 1)), (100, 2018109)),
        (body("file"), Given(name="a", kind="a/b", content=bytes(25 * MEGABYTE + 1)), (100, 2018109)),
        (body("file", platform="instagram"), PNG, (100, 2018047)),
    ],
)
def test_what_is_not_taken(
    world: World, caller: Caller, asked: dict[str, Any], file: Given | None, code: tuple[int, int | None]
) -> None:
    assert refusal(world.attachments.upload, caller, "me", asked, file) == code
    assert world.ground.state.copies == {}


def test_handing_over_needs_the_right_to_send(world: World, caller: Caller) -> None:
    world.permissions.answer(MARINA.id, "pages_messaging", "declined")
    assert refusal(world.attachments.upload, caller, "me", body(), PNG) == (10, None)
    assert world.attachments.upload(caller, "me", body(platform="instagram"), PNG)


def test_copies_outlive_a_restart_of_the_sandbox(world: World, caller: Caller) -> None:
    id_ = world.attachments.upload(caller, "me", body(), PNG)["attachment_id"]
    again = new_world(empty=True)
    again.restore(world.dump())
    assert again.attachments.address(id_) == world.attachments.address(id_)


def test_an_old_copy_is_forgotten(world: World, caller: Caller) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    id_ = world.attachments.upload(caller, "me", body(), PNG)["attachment_id"]
    named = {"attachment": {"type": "image", "payload": {"attachment_id": id_}}}
    world.advance(timedelta(days=90))
    world.contacts.write(ana.id, "Oi")
    assert refusal(world.messages.send, caller, "me", text(ana.id, message=named)) == (100, 2018074)


CARD = {"title": "Bolo", "subtitle": "de fubá"}
BUTTON = {"type": "postback", "title": "Sim", "payload": "S"}
EVERYWHERE = [
    elements("generic", *[CARD] * 10),
    elements("generic", {"title": "x" * 80, "subtitle": "x" * 80}),
    elements("generic", {"title": "Bolo", "buttons": [BUTTON] * 3}),
    elements("product", *[{"id": "1"}] * 10),
    {"text": "?", "quick_replies": [{"content_type": "text", "title": "x" * 20, "payload": "x" * 1000}] * 13},
]
NOWHERE = [
    elements("generic"),
    elements("generic", *[CARD] * 11),
    elements("generic", {"title": "Bolo"}),
    elements("generic", {"subtitle": "de fubá"}),
    elements("generic", {"title": " ", "subtitle": "x"}),
    elements("generic", {"title": "x" * 81, "subtitle": "x"}),
    elements("generic", {"title": "x", "subtitle": "x" * 81}),
    elements("generic", CARD | {"buttons": [BUTTON] * 4}),
    elements("generic", CARD | {"buttons": [BUTTON | {"type": "phone_number"}]}),
    elements("product"),
    elements("product", *[{"id": "1"}] * 11),
    elements("product", {"id": "x"}),
    elements("product", {"title": "x"}),
    elements("receipt", CARD),
    {"sticker_id": "x"},
    {"sticker_id": "1", "text": "x"},
    {"attachment": {"type": "image", "payload": {"url": "https://a.example", "attachment_id": "1"}}},
    {"text": "?", "quick_replies": [{"content_type": "location", "title": "x", "payload": "x"}]},
    {"template": {"name": "x", "language": {"code": "en"}}},
]
MESSENGER_ALONE = [
    elements("media", {"media_type": "image", "url": "https://www.facebook.com/1", "buttons": [BUTTON]}),
    {"sticker_id": "369239263222822"},
    {"text": "?", "quick_replies": [{"content_type": "user_email"}]},
    {"text": "?", "quick_replies": [{"title": "x", "payload": "x", "image_url": "https://a.example/x"}]},
]
INSTAGRAM_ALONE = [
    {"attachment": {"type": "like_heart"}},
    {"attachment": {"type": "MEDIA_SHARE", "payload": {"id": "17900"}}},
]


def sent(world: World, caller: Caller, account: str, message: dict[str, Any]) -> bool:
    ana = world.contacts.create(account, "Ana")
    world.contacts.write(ana.id, "Oi")
    return bool(world.messages.send(caller, "me", text(ana.id, message=message)))


@pytest.mark.parametrize("message", EVERYWHERE)
def test_both_take_it(world: World, caller: Caller, message: dict[str, Any]) -> None:
    assert sent(world, caller, CASA_VERDE.id, message)
    assert sent(world, caller, CASAVERDE.id, message)


@pytest.mark.parametrize("message", NOWHERE)
def test_neither_takes_it(world: World, caller: Caller, message: dict[str, Any]) -> None:
    for account in (CASA_VERDE.id, CASAVERDE.id):
        assert refusal(sent, world, caller, account, message)[0] == 100
    assert world.ledger == ()


@pytest.mark.parametrize("message", MESSENGER_ALONE)
def test_messenger_alone_takes_it(world: World, caller: Caller, message: dict[str, Any]) -> None:
    assert sent(world, caller, CASA_VERDE.id, message)
    assert refusal(sent, world, caller, CASAVERDE.id, message) == (100, 2534015)


@pytest.mark.parametrize("message", INSTAGRAM_ALONE)
def test_instagram_alone_takes_it(world: World, caller: Caller, message: dict[str, Any]) -> None:
    assert sent(world, caller, CASAVERDE.id, message)
    assert refusal(sent, world, caller, CASA_VERDE.id, message) == (100, 2018014)


@pytest.mark.parametrize(
    "element",
    [
        {"media_type": "image"},
        {"media_type": "audio", "url": "https://www.facebook.com/1"},
        {"media_type": "image", "url": "https://facebook.com.evil.example/1"},
        {"media_type": "image", "url": "https://www.facebook.com/1", "attachment_id": "1"},
    ],
)
def test_a_media_template_shows_one_thing_of_facebook(
    world: World, caller: Caller, element: dict[str, Any]
) -> None:
    code, subcode = refusal(sent, world, caller, CASA_VERDE.id, elements("media", element))
    assert code == 100
    assert subcode is not None
    assert 2018173 <= subcode <= 2018188


@pytest.mark.parametrize("kind", [None, "RESPONSE"])
def test_a_utility_template_says_that_it_is_one(world: World, caller: Caller, kind: str | None) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    approved = {"template": {"name": "x", "language": {"code": "en"}}}
    told = {"recipient": {"id": ana.id}, "messaging_type": "UTILITY", "message": approved}
    assert world.messages.send(caller, "me", told)
    world.contacts.write(ana.id, "Oi")
    assert refusal(world.messages.send, caller, "me", told | {"messaging_type": kind})[0] == 100
    plain = told | {"message": {"text": "x"}}
    assert refusal(world.messages.send, caller, "me", plain) == (100, 2018014)


@pytest.mark.parametrize("persona", ["x", ""])
def test_a_persona_is_a_number(world: World, caller: Caller, persona: str) -> None:
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    assert refusal(world.messages.send, caller, "me", text(ana.id, persona_id=persona)) == (100, None)
    assert world.messages.send(caller, "me", text(ana.id, persona_id="4711"))
