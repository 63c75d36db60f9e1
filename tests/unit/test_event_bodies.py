"""What the body of an outgoing webhook says of each kind of event."""

from typing import Any

import msgspec

from meta_inbox.adapters.http.event_bodies import JsonEventBodies
from meta_inbox.adapters.http.media_urls import MediaUrls
from meta_inbox.domain.model.contact import ContactProfile
from meta_inbox.domain.model.message import Attachment
from tests.contracts.scene import ANA, CASA, PAGE, instagram_candidate, wrote
from tests.unit.doubles import World

PHOTO = Attachment(id="", type="image", source_url="https://scontent.xx.fbcdn.net/a.jpg")
PICTURE = "https://crm.example/api/meta/media/"


async def bodies(world: World) -> dict[str, dict[str, Any]]:
    """One body of each kind, the latest."""
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1", None, type="image", attachments=(PHOTO,)))
    (contact,) = await world.conversations.due_profiles(10)
    await world.conversations.save_profile(contact, ContactProfile(name="Ana"))
    await world.conversations.mark_read(CASA, account.id, ANA)
    return {body["type"]: body for body in await told_by(world)}


async def told_by(world: World) -> list[dict[str, Any]]:
    """The body of each event, in order."""
    urls = MediaUrls(base_url="https://crm.example/api/meta", keys=[b"k"])
    made = JsonEventBodies(urls=urls, clock=world.clock)
    events = (await world.events.read(CASA, 0, 100)).events
    return [msgspec.json.decode(made.of(event)) for event in events]


async def test_each_kind_tells_what_it_is_about_in_the_shapes_of_the_api() -> None:
    told = await bodies(World())
    assert {name: set(body["data"]) for name, body in told.items()} == {
        "account.updated": {"account"},
        "message.created": {"message", "conversation"},
        "contact.updated": {"contact"},
        "conversation.updated": {"conversation"},
    }
    for name, body in told.items():
        assert body.keys() == {"id", "type", "timestamp", "tenant_id", "cursor", "data"}
        assert (body["type"], body["tenant_id"]) == (name, CASA)
    assert told["contact.updated"]["data"]["contact"]["contact_id"] == ANA
    assert told["contact.updated"]["data"]["contact"]["name"] == "Ana"


async def test_files_have_addresses_of_ours_and_never_metas() -> None:
    told = await bodies(World())
    (file,) = told["message.created"]["data"]["message"]["attachments"]
    assert file["url"].startswith(PICTURE)
    assert "fbcdn" not in str(told)


async def test_the_picture_of_an_account_has_an_address_of_ours_too() -> None:
    world = World()
    await world.scene.connected(candidate=instagram_candidate("9001", PAGE))
    (told,) = await told_by(world)
    assert told["data"]["account"]["profile_picture_url"].startswith(PICTURE)
    assert "cdn.example" not in str(told)
