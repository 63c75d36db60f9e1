"""The files of messages: made with them, claimed, settled with what is shown, gone with them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.contact import Contact, ContactProfile
from meta_inbox.domain.model.content import MediaContent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.media import (
    Barred,
    Expired,
    Media,
    MediaClaim,
    MediaId,
    MediaOutcome,
    Moved,
    Stored,
    TryLater,
)
from meta_inbox.domain.model.message import Attachment, Message
from meta_inbox.domain.model.sending import Sent, Unknown
from tests.contracts.backstage import Stores
from tests.contracts.scene import ANA, CASA, OOPS, RIVAL, Scene, echo, wrote

CREATED, UPDATED = EventType.MESSAGE_CREATED, EventType.MESSAGE_UPDATED
URL = "https://scontent.xx.fbcdn.net/a.jpg"
OTHER = "https://scontent.xx.fbcdn.net/b.jpg"
STORED = Stored(content_type="image/jpeg", size=123, width=4, height=3)
MINUTE = timedelta(minutes=1)


def photo(url: str | None = URL, type_: str = "image", **more: Any) -> Attachment:
    return Attachment(id="", type=type_, source_url=url, **more)


def sent_files(mid: str, *parts: Attachment, **more: Any) -> Any:
    return wrote(mid, None, type=parts[0].type if parts else "image", attachments=parts, **more)


async def arrived(scene: Scene, *parts: Attachment, mid: str = "m-1") -> tuple[Account, Message]:
    """Ana sent this to the Page."""
    account = await scene.connected()
    await scene.happens(sent_files(mid, *(parts or (photo(),))))
    return account, (await scene.messages(account))[0]


async def file_of(stores: Stores, message: Message, place: int = 0) -> Media:
    return await stores.media.get(message.tenant_id, MediaId(message.attachments[place].id))


async def claimed(stores: Stores) -> MediaClaim:
    (claim,) = await stores.media.claim_due(10)
    return claim


async def test_a_file_waits_beside_its_message_which_does_not_wait(scene: Scene, stores: Stores) -> None:
    account, message = await arrived(scene)
    assert (message.attachments[0].state, message.attachments[0].has_file) == ("pending", True)
    file = await file_of(stores, message)
    assert (file.account_id, file.contact_id, file.message_id) == (account.id, ANA, message.id)
    assert (file.source_url, file.meta_message_id, file.position, file.state) == (URL, "m-1", 0, "pending")
    assert (file.type, file.story, file.fetched_on_arrival, file.attempts) == ("image", False, True, 0)
    assert await scene.told() == [(CREATED, message.id)]


async def test_each_part_that_is_a_file_is_one(scene: Scene, stores: Stores) -> None:
    page = photo("https://www.instagram.com/p/x", "share", name="A post")
    place = photo(None, "location", name="1, 2")
    _, message = await arrived(scene, photo(name="a.jpg"), page, photo(OTHER, "video"), place)
    assert [part.has_file for part in message.attachments] == [True, False, True, False]
    claims = await stores.media.claim_due(10)
    found = sorted((claim.media.position, claim.media.source_url, claim.media.name) for claim in claims)
    assert found == [(0, URL, "a.jpg"), (2, OTHER, None)]
    for index in (1, 3):
        with pytest.raises(NotFound):
            await file_of(stores, message, index)


async def test_texts_and_files_come_in_one_batch(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", "hi"), sent_files("m-2", photo()), wrote("m-3", "there"))
    assert [m.text for m in await scene.messages(account)].count(None) == 1
    assert (await claimed(stores)).media.meta_message_id == "m-2"


async def test_a_file_that_comes_twice_is_one(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    for _ in range(3):
        await scene.happens(sent_files("m-1", photo()), sent_files("m-1", photo()))
    assert len(await scene.messages(account)) == 1
    assert len(await stores.media.claim_due(10)) == 1


async def test_what_is_projected_late_brings_its_files(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await stores.backstage.break_projection(MetaMessageId("m-1"))
    await scene.happens(sent_files("m-1", photo()))
    assert await scene.messages(account) == ()
    await stores.backstage.mend_projection(MetaMessageId("m-1"))
    await stores.backstage.age_items(timedelta(minutes=5))
    await scene.settle_down()
    assert (await claimed(stores)).media.source_url == URL


async def test_a_stored_file_is_shown_and_told(scene: Scene, stores: Stores) -> None:
    _, message = await arrived(scene, photo(), photo(OTHER))
    claims = await stores.media.claim_due(10)
    claim = next(each for each in claims if each.media.position == 0)
    await stores.media.settle(claim.media, STORED, claim.fence)
    first, second = (await scene.message(message)).attachments
    assert (first.state, first.content_type, first.size, first.width, first.height) == (
        *("stored", "image/jpeg", 123, 4, 3),
    )
    assert replace(second, id="") == replace(photo(OTHER), has_file=True)
    file = await file_of(stores, message)
    assert (file.state, file.size, file.key) == ("stored", 123, claim.media.key)
    assert await scene.told() == [(CREATED, message.id), (UPDATED, message.id)]


@pytest.mark.parametrize(("outcome", "state"), [(Expired(), "expired"), (Barred(), "refused")])
async def test_what_cannot_be_had_says_so(
    scene: Scene, stores: Stores, outcome: MediaOutcome, state: str
) -> None:
    _, message = await arrived(scene)
    claim = await claimed(stores)
    await stores.media.settle(claim.media, outcome, claim.fence)
    assert (await scene.message(message)).attachments[0].state == state
    await stores.backstage.age_media(timedelta(days=2))
    assert await stores.media.claim_due(10) == []
    assert await scene.told() == [(CREATED, message.id), (UPDATED, message.id)]


async def test_nobody_else_claims_it_before_the_lease_ends(scene: Scene, stores: Stores) -> None:
    await arrived(scene)
    first = await claimed(stores)
    assert await stores.media.claim_due(10) == []
    await stores.backstage.age_media(2 * MINUTE)
    second = await claimed(stores)
    assert (first.media.attempts, second.media.attempts) == (1, 2)
    assert first.fence != second.fence


async def test_whoever_claims_at_the_same_instant_gets_others(scene: Scene, stores: Stores) -> None:
    await arrived(scene, *[photo() for _ in range(12)])
    rounds = await asyncio.gather(*(stores.media.claim_due(3) for _ in range(6)))
    found = [claim.media.id for claims in rounds for claim in claims]
    found += [claim.media.id for claim in await stores.media.claim_due(100)]
    assert (len(found), len(set(found))) == (12, 12)


async def test_settling_purging_and_editing_at_the_same_instant_end(scene: Scene, stores: Stores) -> None:
    _, message = await arrived(scene, photo(), photo(OTHER))
    claims = await stores.media.claim_due(10)
    await asyncio.gather(
        *(stores.media.settle(claim.media, STORED, claim.fence) for claim in claims),
        *(stores.media.settle(claim.media, Expired()) for claim in claims),
        stores.backstage.purge(message),
    )
    with pytest.raises(NotFound):
        await file_of(stores, message)
    await stores.backstage.age_media(2 * MINUTE)
    gone = {each.blob for each in await stores.media.claim_discarded(10)}
    assert gone == {claim.media.key for claim in claims}


@pytest.mark.parametrize("outcome", [STORED, Expired(), Barred(), Moved(OTHER), TryLater(MINUTE)])
async def test_a_stale_fence_changes_nothing(scene: Scene, stores: Stores, outcome: MediaOutcome) -> None:
    _, message = await arrived(scene)
    first = await claimed(stores)
    await stores.backstage.age_media(2 * MINUTE)
    await claimed(stores)
    before = await file_of(stores, message)
    await stores.media.settle(first.media, outcome, first.fence)
    assert await file_of(stores, message) == before
    assert await scene.told() == [(CREATED, message.id)]
    assert await stores.media.claim_discarded(10) == []


@pytest.mark.parametrize("outcome", [Expired(), Barred(), Moved(OTHER)])
async def test_what_is_settled_stays_so(scene: Scene, stores: Stores, outcome: MediaOutcome) -> None:
    _, message = await arrived(scene)
    claim = await claimed(stores)
    await stores.media.settle(claim.media, STORED, claim.fence)
    before = await file_of(stores, message)
    await stores.media.settle(claim.media, outcome, claim.fence)
    await stores.media.settle(claim.media, outcome)
    assert await file_of(stores, message) == before
    assert len(await scene.told()) == 2


async def test_later_means_later(scene: Scene, stores: Stores) -> None:
    _, message = await arrived(scene)
    claim = await claimed(stores)
    await stores.media.settle(claim.media, TryLater(timedelta(minutes=10)), claim.fence)
    assert await stores.media.claim_due(10) == []
    await stores.backstage.age_media(timedelta(minutes=9))
    assert await stores.media.claim_due(10) == []
    await stores.backstage.age_media(timedelta(minutes=2))
    assert (await claimed(stores)).media.attempts == 2
    assert await scene.told() == [(CREATED, message.id)]


async def test_a_fresh_address_is_kept_under_the_same_claim(scene: Scene, stores: Stores) -> None:
    _, message = await arrived(scene)
    claim = await claimed(stores)
    await stores.media.settle(claim.media, Moved(OTHER), claim.fence)
    assert (await file_of(stores, message)).source_url == OTHER
    await stores.media.settle(claim.media, STORED, claim.fence)
    assert (await file_of(stores, message)).state == "stored"


async def test_another_tenant_finds_no_file(scene: Scene, stores: Stores) -> None:
    _, message = await arrived(scene)
    for tenant, id_ in ((RIVAL, message.attachments[0].id), (CASA, stores.ids.new()), (CASA, "nonsense")):
        with pytest.raises(NotFound):
            await stores.media.get(tenant, MediaId(id_))


async def test_a_mention_of_a_story_is_never_fetched_on_arrival(scene: Scene, stores: Stores) -> None:
    mention = photo(URL, "story_mention", story=True)
    story = {"id": None, "kind": "mention", "url": URL}
    account = await scene.connected()
    await scene.happens(sent_files("m-1", mention, story=story))
    (message,) = await scene.messages(account)
    file = await file_of(stores, message)
    assert (file.story, file.fetched_on_arrival) == (True, False)
    assert message.story == {**story, "media_id": file.id}
    await stores.backstage.age_media(MINUTE)
    assert await stores.media.claim_due(10) == []


async def test_the_story_that_is_replied_to_is_a_file_and_expires(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    story = {"id": "5", "kind": "reply", "url": URL}
    await scene.happens(wrote("m-1", "wow", type="story_reply", story=story))
    (message,) = await scene.messages(account)
    assert message.story is not None
    file = await stores.media.get(CASA, MediaId(message.story["media_id"]))
    assert (file.position, file.type, file.story, file.fetched_on_arrival) == (-1, "story", True, False)
    await stores.media.settle(file, Expired())
    after = await scene.message(message)
    assert after.story == {**story, "media_id": file.id, "expired": True}
    assert await scene.told() == [(CREATED, message.id), (UPDATED, message.id)]


async def test_what_the_business_sent_elsewhere_has_its_files(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(echo("m-1", None, type="image", attachments=(photo(), photo(None, "template"))))
    (message,) = await scene.messages(account)
    assert [part.has_file for part in message.attachments] == [True, False]
    assert (await claimed(stores)).media.message_id == message.id


async def own_photo(scene: Scene, account: Account) -> Any:
    """An own picture on its way."""
    content = MediaContent(url="https://shop.example/cake.jpg")
    message = await scene.answers(account, content=content)
    claim = await scene.stores.outbox.claim(account.tenant_id, message.id)
    assert claim is not None
    return claim


@pytest.mark.parametrize("echo_first", [True, False])
async def test_an_own_picture_can_be_looked_at_once_its_echo_came(
    scene: Scene, stores: Stores, *, echo_first: bool
) -> None:
    account = await scene.connected()
    claim = await own_photo(scene, account)
    item = echo("m-9", None, type="image", attachments=(photo(),), client_token=claim.message.id)
    if echo_first:
        await scene.happens(item)
        await stores.outbox.settle(claim, Sent(meta_message_id=MetaMessageId("m-9")))
    else:
        await stores.outbox.settle(claim, Unknown(error=OOPS))
        await scene.happens(item)
    (message,) = await scene.messages(account)
    (shown,) = message.attachments
    assert (shown.id, shown.has_file) == (claim.message.attachments[0].id, True)
    assert (await file_of(stores, message)).source_url == URL
    assert (await claimed(stores)).media.message_id == message.id


async def test_files_of_an_echo_that_is_merged_become_the_own_messages(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    claim = await own_photo(scene, account)
    await stores.outbox.settle(claim, Unknown(error=OOPS))
    await stores.backstage.age_message(claim.message, timedelta(hours=1))
    await scene.happens(echo("m-9", None, type="image", attachments=(photo(),)))
    assert len(await scene.messages(account)) == 2
    fetching = await claimed(stores)
    await stores.media.settle(fetching.media, STORED, fetching.fence)
    await stores.outbox.settle(claim, Sent(meta_message_id=MetaMessageId("m-9")))
    (message,) = await scene.messages(account)
    assert (await file_of(stores, message)).source_url == URL
    (gone,) = await stores.media.claim_discarded(10)
    assert gone.blob == fetching.media.key


async def purged(scene: Scene, stores: Stores, message: Message) -> Sequence[str]:
    """Its files are forgotten; the blobs that are then to be deleted."""
    await stores.backstage.purge(message)
    with pytest.raises(NotFound):
        await file_of(stores, message)
    return [each.blob for each in await stores.media.claim_discarded(10)]


async def test_purging_forgets_files_and_leaves_their_blobs_to_be_deleted(
    scene: Scene, stores: Stores
) -> None:
    _, message = await arrived(scene, photo(), photo(OTHER))
    await scene.happens(sent_files("m-2", photo()))
    for claim in await stores.media.claim_due(10):
        if claim.media.meta_message_id == "m-1":
            await stores.media.settle(claim.media, STORED, claim.fence)
    keys = {(await file_of(stores, message, place)).key for place in (0, 1)}
    assert set(await purged(scene, stores, message)) == keys
    assert (await scene.message(message)).id == message.id
    other = next(m for m in await scene.messages(await scene.connected()) if m.meta_message_id == "m-2")
    assert (await file_of(stores, other)).state == "pending"


async def test_a_blob_is_to_be_deleted_until_it_is(scene: Scene, stores: Stores) -> None:
    _, message = await arrived(scene)
    claim = await claimed(stores)
    await stores.media.settle(claim.media, STORED, claim.fence)
    await stores.backstage.purge(message)
    (first,) = await stores.media.claim_discarded(10)
    assert await stores.media.claim_discarded(10) == []
    await stores.backstage.age_media(2 * MINUTE)
    (again,) = await stores.media.claim_discarded(10)
    assert again == first
    await stores.media.forget_discarded(again)
    await stores.backstage.age_media(2 * MINUTE)
    assert await stores.media.claim_discarded(10) == []


async def test_what_was_never_tried_leaves_nothing_to_delete(scene: Scene, stores: Stores) -> None:
    _, message = await arrived(scene)
    assert await purged(scene, stores, message) == []


async def test_a_fetch_that_is_under_way_keeps_nothing_of_what_was_purged(
    scene: Scene, stores: Stores
) -> None:
    _, message = await arrived(scene)
    claim = await claimed(stores)
    assert await purged(scene, stores, message) == []  # not before the fetch must have ended
    await stores.media.settle(claim.media, STORED, claim.fence)
    await stores.backstage.age_media(2 * MINUTE)
    (gone,) = await stores.media.claim_discarded(10)
    assert gone.blob == claim.media.key
    assert await scene.told() == [(CREATED, message.id)]


async def test_bytes_that_are_put_after_the_blob_was_deleted_are_deleted_again(
    scene: Scene, stores: Stores
) -> None:
    _, message = await arrived(scene)
    claim = await claimed(stores)
    await stores.backstage.purge(message)
    await stores.backstage.age_media(2 * MINUTE)
    (gone,) = await stores.media.claim_discarded(10)
    await stores.media.forget_discarded(gone)
    await stores.media.settle(claim.media, STORED, claim.fence)  # a process that was frozen goes on
    assert [each.blob for each in await stores.media.claim_discarded(10)] == [claim.media.key]


async def test_purging_again_or_nothing_is_no_trouble(scene: Scene, stores: Stores) -> None:
    _, message = await arrived(scene)
    await stores.backstage.purge(message)
    await stores.backstage.purge(message)
    await scene.happens(wrote("m-5", "text alone"))
    await stores.backstage.purge((await scene.messages(await scene.connected()))[0])


async def test_disconnecting_keeps_the_files(scene: Scene, stores: Stores) -> None:
    account, message = await arrived(scene)
    claim = await claimed(stores)
    await stores.media.settle(claim.media, STORED, claim.fence)
    await stores.accounts.disconnect(CASA, account.id)
    assert (await file_of(stores, message)).state == "stored"
    assert await stores.media.claim_discarded(10) == []


async def named(scene: Scene, stores: Stores, picture: str | None = URL) -> Contact:
    """Ana, once Meta told of her profile."""
    await scene.connected()
    await scene.happens(wrote("m-1"))
    (ana,) = await stores.conversations.due_profiles(10)
    await stores.conversations.save_profile(ana, ContactProfile(name="Ana", profile_picture_url=picture))
    account = (await stores.accounts.list(CASA))[0]
    return (await scene.conversation(account)).contact


async def test_a_contacts_picture_is_a_file_of_no_message(scene: Scene, stores: Stores) -> None:
    ana = await named(scene, stores)
    assert ana.picture_id is not None
    picture = await stores.media.get(CASA, MediaId(ana.picture_id))
    assert (picture.source_url, picture.is_picture, picture.contact_id) == (URL, True, ANA)
    assert (picture.state, picture.fetched_on_arrival, picture.meta_message_id) == ("pending", False, None)
    assert await stores.media.claim_due(10) == []
    with pytest.raises(NotFound):
        await stores.media.get(RIVAL, MediaId(ana.picture_id))


async def test_a_new_picture_keeps_its_address_here(scene: Scene, stores: Stores) -> None:
    ana = await named(scene, stores)
    await stores.conversations.save_profile(ana, ContactProfile(profile_picture_url=OTHER))
    picture = await stores.media.get(CASA, MediaId(ana.picture_id or ""))
    assert picture.source_url == OTHER


async def test_who_has_no_picture_has_no_file(scene: Scene, stores: Stores) -> None:
    assert (await named(scene, stores, picture=None)).picture_id is None


async def test_a_dead_picture_has_the_profile_asked_for_again(scene: Scene, stores: Stores) -> None:
    ana = await named(scene, stores)
    picture = await stores.media.get(CASA, MediaId(ana.picture_id or ""))
    await stores.media.settle(picture, Expired())
    assert await stores.conversations.due_profiles(10) == []
    await stores.backstage.age_profiles(timedelta(hours=2))
    await stores.media.settle(picture, Expired())
    assert [contact.id for contact in await stores.conversations.due_profiles(10)] == [ANA]
