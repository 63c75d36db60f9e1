"""Reading back what was said before, in process and over HTTP alike."""

import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.history import PastPage
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from tests.contracts.meta_stage import CASA_VERDE, CASAVERDE, Stage, account, opened

PHOTO = "https://cdn.example/photo.jpg"


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


async def read(
    stage: Stage, external_id: str = CASA_VERDE, after: str | None = None, contact: str | None = None
) -> PastPage:
    token, only = await stage.page_token(), None if contact is None else ContactId(contact)
    return await stage.api.history(account(external_id), token, after, only)


async def one_item(stage: Stage, external_id: str = CASAVERDE) -> WebhookItem:
    (conversation,) = (await read(stage, external_id)).conversations
    (item,) = conversation.items
    return item


@pytest.mark.parametrize("external_id", [CASA_VERDE, CASAVERDE])
async def test_both_sides_of_a_conversation_come_oldest_first(stage: Stage, external_id: str) -> None:
    contact = stage.contact(external_id)
    now = stage.world.now()
    mid = stage.world.contacts.write(contact.id, "Tem bolo?", at=now - timedelta(minutes=3))
    stage.world.advance(timedelta(seconds=5))
    stage.world.contacts.answered_elsewhere(contact.id, "Tem sim!")
    (found,) = (await read(stage, external_id)).conversations
    assert (found.contact_id, [item.text for item in found.items]) == (
        contact.id,
        ["Tem bolo?", "Oi!", "Tem sim!"],
    )
    assert [item.kind for item in found.items] == [ItemKind.MESSAGE, ItemKind.MESSAGE, ItemKind.ECHO]
    first = found.items[0]
    assert (first.meta_message_id, first.contact_id, first.external_id) == (mid, contact.id, external_id)
    assert first.sent_at == (now - timedelta(minutes=3)).replace(microsecond=0)
    assert first.type == "text"
    assert first.plain


@pytest.mark.parametrize(
    ("external_id", "name", "username"), [(CASA_VERDE, "Ana", None), (CASAVERDE, None, "ana")]
)
async def test_a_conversation_names_its_contact(
    stage: Stage, external_id: str, name: str | None, username: str | None
) -> None:
    stage.contact(external_id)
    (found,) = (await read(stage, external_id)).conversations
    assert (found.name, found.username) == (name, username)


async def test_media_look_as_their_webhooks_had_them(stage: Stage) -> None:
    contact = stage.contact(CASAVERDE, wrote=False)
    kinds = ("image", "sticker", "video", "audio", "file")
    files = [{"type": kind, "payload": {"url": f"https://cdn.example/{kind}"}} for kind in kinds]
    stage.world.contacts.write(contact.id, None, attachments=files)
    item = await one_item(stage)
    assert [(one.type, one.source_url) for one in item.attachments] == [
        (kind, f"https://cdn.example/{kind}") for kind in kinds
    ]
    assert (item.type, item.text) == ("image", None)
    image = item.attachments[0]
    assert (image.content_type, image.size, image.width, image.height) == ("image/jpeg", 2048, 800, 600)


async def test_a_share_is_a_share(stage: Stage) -> None:
    contact = stage.contact(CASAVERDE, wrote=False)
    post = {"type": "ig_post", "payload": {"url": "https://instagram.example/p/1", "title": "Bolo"}}
    stage.world.contacts.write(contact.id, None, attachments=[post])
    item = await one_item(stage)
    (share,) = item.attachments
    assert (item.type, share.source_url, share.name) == ("share", "https://instagram.example/p/1", "Bolo")


async def test_a_story_that_mentions_the_business_is_told_from_an_answer_to_one(stage: Stage) -> None:
    contact = stage.contact(CASAVERDE, wrote=False)
    mention = {"type": "story_mention", "payload": {"url": PHOTO}}
    stage.world.contacts.write(contact.id, None, attachments=[mention])
    stage.world.advance(timedelta(seconds=2))
    stage.world.contacts.write(contact.id, "Lindo!", story={"id": "18", "url": PHOTO})
    (found,) = (await read(stage, CASAVERDE)).conversations
    mentioned, answered = found.items
    assert (mentioned.type, (mentioned.story or {})["kind"]) == ("story_mention", "mention")
    assert (answered.type, answered.story) == ("story_reply", {"id": "18", "kind": "reply", "url": PHOTO})


async def test_an_answer_names_what_it_answers_and_reactions_are_kept_beside_it(stage: Stage) -> None:
    contact = stage.contact(CASAVERDE, wrote=False)
    asked = stage.world.contacts.write(contact.id, "Quando abre?")
    stage.world.advance(timedelta(seconds=2))
    stage.world.contacts.write(contact.id, "E fecha?", reply_to=asked)
    stage.world.contacts.react(contact.id, asked, "love")
    (found,) = (await read(stage, CASAVERDE)).conversations
    first, second = found.items
    assert second.reply_to == asked
    assert not first.plain
    assert b'"reactions":{"data":[{"reaction":"love"' in first.raw


async def test_what_meta_cannot_show_is_unsupported(stage: Stage) -> None:
    contact = stage.contact(CASAVERDE, wrote=False)
    stage.world.contacts.write(contact.id, None, unsupported=True)
    assert (await one_item(stage)).type == "unsupported"


async def test_only_the_twenty_newest_of_a_conversation_can_be_had(stage: Stage) -> None:
    contact, now = stage.contact(wrote=False), stage.world.now()
    for n in range(23):
        stage.world.contacts.write(contact.id, f"n. {n}", at=now - timedelta(minutes=30 - n))
    (found,) = (await read(stage)).conversations
    assert [item.text for item in found.items] == [f"n. {n}" for n in range(3, 23)]


async def test_pages_are_followed_to_their_end(stage: Stage) -> None:
    now = stage.world.now()
    people = [stage.contact(name=f"N {n}", wrote=False) for n in range(12)]
    for n, contact in enumerate(people):
        stage.world.contacts.write(contact.id, "Oi", at=now - timedelta(minutes=n))
    first = await read(stage)
    assert len(first.conversations) == 10
    second = await read(stage, after=first.next)
    seen = [one.contact_id for page in (first, second) for one in page.conversations]
    assert seen == [contact.id for contact in people]
    assert second.next is None


async def test_one_conversation_can_be_asked_for(stage: Stage) -> None:
    stage.contact(name="Rui")
    ana = stage.contact(name="Ana")
    assert [one.contact_id for one in (await read(stage, contact=ana.id)).conversations] == [ana.id]


async def test_an_account_makes_no_more_than_two_calls_a_second(stage: Stage) -> None:
    stage.world.quirks = replace(stage.world.quirks, conversation_calls_a_second=2)
    stage.contact()
    api, token, began = stage.api, await stage.page_token(), time.monotonic()
    for _ in range(4):
        await api.history(account(), token, None)
    assert time.monotonic() - began >= 1.5


async def test_throttling_says_how_long_to_wait(stage: Stage) -> None:
    stage.world.faults.plan("conversations", Fault(kind=FaultKind.THROTTLE, seconds=40))
    with pytest.raises(GraphUnavailable) as told:
        await read(stage)
    assert told.value.retry_after is not None
    assert told.value.retry_after >= timedelta(seconds=30)


async def test_a_page_that_is_too_much_for_meta_is_asked_for_in_smaller_ones(stage: Stage) -> None:
    for n in range(5):
        stage.contact(name=f"N {n}")
    stage.world.faults.plan("conversations", Fault(kind=FaultKind.REFUSE, code=1, status=400))
    assert len((await read(stage)).conversations) == 3


async def test_a_dead_token_and_a_missing_permission_are_told_apart(stage: Stage) -> None:
    token = await stage.page_token()
    stage.world.permissions.answer(next(iter(stage.world.ground.state.people)), "pages_messaging", "declined")
    with pytest.raises(RefusedByMeta):
        await stage.api.history(account(), token, None)
    stage.world.access.revoke(460)
    with pytest.raises(AccessRevoked):
        await stage.api.history(account(), token, None)
