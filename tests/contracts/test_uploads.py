"""Files that agents send: kept while a message shows them, with the copies that Meta was given."""

import asyncio
from datetime import timedelta

import pytest

from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.content import ImagesContent, MediaContent, MediaPart
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, MetaMessageId
from meta_inbox.domain.model.media import MediaId
from meta_inbox.domain.model.sending import Sent
from meta_inbox.domain.model.upload import Upload, UploadId
from tests.contracts.backstage import Stores
from tests.contracts.scene import CASA, RIVAL, Scene, echo, instagram_candidate, wrote

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def page(scene: Scene) -> Account:
    """A connected Page to which Ana wrote."""
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    return account


async def is_there(stores: Stores, upload: Upload) -> bool:
    """Whether it can still be sent."""
    try:
        await stores.uploads.get(upload.tenant_id, upload.id)
    except NotFound:
        return False
    return True


async def deleted(stores: Stores) -> set[str]:
    """The blobs that are to be deleted now."""
    return {each.blob for each in await stores.media.claim_discarded(10)}


async def test_an_upload_is_found_once_it_is_ready(scene: Scene, stores: Stores) -> None:
    upload = await scene.uploads()
    found = await stores.uploads.get(CASA, upload.id)
    assert (found.content_type, found.size, found.width, found.height) == ("image/png", 123, 4, 3)
    assert (found.name, found.blob, found.uploaded_by) == ("cake.png", upload.blob, "bea")


async def test_nobody_finds_what_has_no_bytes_yet(scene: Scene, stores: Stores) -> None:
    ready = await scene.uploads()
    begun = Upload(
        id=UploadId(stores.ids.new()),
        tenant_id=CASA,
        content_type="image/png",
        size=1,
        blob=stores.ids.new(),
        uploaded_by=ready.uploaded_by,
        created_at=scene.now,
    )
    await stores.uploads.add(begun)
    assert not await is_there(stores, begun)
    await stores.backstage.age_uploads(DAY + HOUR)
    assert await stores.uploads.discard_unsent(10) == 2
    assert await deleted(stores) == {ready.blob, begun.blob}


async def test_another_tenants_upload_is_not_there(scene: Scene, stores: Stores) -> None:
    upload = await scene.uploads()
    for tenant, id_ in ((RIVAL, upload.id), (CASA, stores.ids.new()), (CASA, "nonsense")):
        with pytest.raises(NotFound):
            await stores.uploads.get(tenant, UploadId(id_))


async def test_a_message_shows_its_files_at_once(scene: Scene, stores: Stores, page: Account) -> None:
    upload = await scene.uploads()
    message = await scene.shows(page, upload, upload)
    kept = await scene.message(message)
    assert kept.attachments == message.attachments
    for place, part in enumerate(kept.attachments):
        assert (part.state, part.has_file, part.content_type, part.size) == (
            *("stored", True, "image/png", 123),
        )
        file = await stores.media.get(CASA, MediaId(part.id))
        assert (file.state, file.key, file.size, file.position) == ("stored", upload.blob, 123, place)
        assert (file.name, file.content_type, file.message_id) == ("cake.png", "image/png", message.id)
    assert await stores.media.claim_due(10) == []
    assert (await scene.told())[-1] == (EventType.MESSAGE_CREATED, message.id)


async def test_a_file_of_ours_and_one_from_elsewhere_go_together(
    scene: Scene, stores: Stores, page: Account
) -> None:
    upload = await scene.uploads()
    items = (MediaPart(url="https://shop.example/1.jpg"), MediaPart(media_id=upload.id))
    message = await scene.answers(page, content=ImagesContent(items=items), files=[upload])
    assert [part.has_file for part in message.attachments] == [False, True]
    file = await stores.media.get(CASA, MediaId(message.attachments[1].id))
    assert (file.position, file.key) == (1, upload.blob)


@pytest.mark.parametrize("whose", ["nobody's", "the rival's", "nonsense"])
async def test_a_message_with_an_upload_that_is_not_there_is_not_kept(
    scene: Scene, stores: Stores, page: Account, whose: str
) -> None:
    foreign = await scene.uploads(RIVAL)
    id_ = {"nobody's": stores.ids.new(), "the rival's": foreign.id, "nonsense": "nonsense"}[whose]
    with pytest.raises(NotFound):
        await scene.answers(page, content=MediaContent(media_id=id_))
    assert len(await scene.messages(page)) == 1
    assert await stores.outbox.claim_due(10) == []


async def test_what_nobody_sent_is_gone_after_a_day(scene: Scene, stores: Stores, page: Account) -> None:
    unsent, sent = await scene.uploads(), await scene.uploads()
    await scene.shows(page, sent)
    await stores.backstage.age_uploads(DAY - HOUR)
    assert await stores.uploads.discard_unsent(10) == 0
    await stores.backstage.age_uploads(2 * HOUR)
    assert await stores.uploads.discard_unsent(10) == 1
    assert (await is_there(stores, unsent), await is_there(stores, sent)) == (False, True)
    assert await deleted(stores) == {unsent.blob}
    assert await stores.uploads.discard_unsent(10) == 0


async def test_no_more_are_forgotten_than_asked_for(scene: Scene, stores: Stores) -> None:
    for _ in range(3):
        await scene.uploads()
    await stores.backstage.age_uploads(2 * DAY)
    assert [await stores.uploads.discard_unsent(2) for _ in range(3)] == [2, 1, 0]


async def test_what_was_sent_lives_until_the_last_message_that_shows_it_is_gone(
    scene: Scene, stores: Stores, page: Account
) -> None:
    upload = await scene.uploads()
    first, second = await scene.shows(page, upload), await scene.shows(page, upload)
    await stores.backstage.age_uploads(2 * DAY)
    assert await stores.uploads.discard_unsent(10) == 0
    await stores.backstage.purge(first)
    assert await deleted(stores) == set()
    assert (await stores.media.get(CASA, MediaId(second.attachments[0].id))).state == "stored"
    await stores.backstage.age_media(HOUR)
    assert await stores.uploads.discard_unsent(10) == 0
    await stores.backstage.purge(second)
    assert await deleted(stores) == set()
    assert await stores.uploads.discard_unsent(10) == 1
    assert not await is_there(stores, upload)
    assert await deleted(stores) == {upload.blob}


async def test_a_young_upload_outlives_the_message_that_showed_it(
    scene: Scene, stores: Stores, page: Account
) -> None:
    upload = await scene.uploads()
    await stores.backstage.purge(await scene.shows(page, upload))
    assert await deleted(stores) == set()
    assert await stores.uploads.discard_unsent(10) == 0
    await scene.shows(page, upload)
    await stores.backstage.age_uploads(DAY + HOUR)
    assert await stores.uploads.discard_unsent(10) == 0


async def test_sending_and_forgetting_at_the_same_instant_lose_nothing(
    scene: Scene, stores: Stores, page: Account
) -> None:
    uploads = [await scene.uploads() for _ in range(8)]
    await stores.backstage.age_uploads(2 * DAY)
    results = await asyncio.gather(
        *(scene.shows(page, upload) for upload in uploads),
        *(stores.uploads.discard_unsent(3) for _ in range(4)),
        return_exceptions=True,
    )
    gone = await deleted(stores)
    for upload, result in zip(uploads, results, strict=False):
        assert isinstance(result, NotFound) == (upload.blob in gone), result
        assert await is_there(stores, upload) == (upload.blob not in gone)


async def test_meta_is_given_one_copy_for_each_account_and_kind(
    scene: Scene, stores: Stores, page: Account
) -> None:
    upload, other = await scene.uploads(), await scene.uploads()
    instagram = await scene.connected(candidate=instagram_candidate("9001", "1001"))
    await stores.uploads.keep_copy(upload, page.id, "image", "a-1")
    assert await stores.uploads.copy(upload, page.id, "image") == "a-1"
    assert await stores.uploads.copy(upload, page.id, "file") is None
    assert await stores.uploads.copy(upload, instagram.id, "image") is None
    assert await stores.uploads.copy(other, page.id, "image") is None
    await stores.uploads.keep_copy(upload, page.id, "image", "a-2")
    assert await stores.uploads.copy(upload, page.id, "image") == "a-2"


async def test_a_copy_is_good_for_89_days_and_begins_anew(
    scene: Scene, stores: Stores, page: Account
) -> None:
    upload = await scene.uploads()
    await scene.shows(page, upload)
    await stores.uploads.keep_copy(upload, page.id, "image", "a-1")
    await stores.backstage.age_uploads(timedelta(days=88, hours=23))
    assert await stores.uploads.copy(upload, page.id, "image") == "a-1"
    await stores.backstage.age_uploads(2 * HOUR)
    assert await stores.uploads.copy(upload, page.id, "image") is None
    await stores.uploads.keep_copy(upload, page.id, "image", "a-2")
    assert await stores.uploads.copy(upload, page.id, "image") == "a-2"


async def test_only_the_copy_that_is_of_no_use_is_forgotten(
    scene: Scene, stores: Stores, page: Account
) -> None:
    upload = await scene.uploads()
    await stores.uploads.keep_copy(upload, page.id, "image", "a-2")
    await stores.uploads.forget_copy(upload, page.id, "image", "a-1")
    assert await stores.uploads.copy(upload, page.id, "image") == "a-2"
    await stores.uploads.forget_copy(upload, page.id, "image", "a-2")
    assert await stores.uploads.copy(upload, page.id, "image") is None


async def test_a_copy_of_what_is_gone_is_not_kept(scene: Scene, stores: Stores) -> None:
    upload = await scene.uploads()
    await stores.backstage.age_uploads(2 * DAY)
    await stores.uploads.discard_unsent(10)
    await stores.uploads.keep_copy(upload, AccountId(stores.ids.new()), "image", "a-1")


async def test_an_echo_changes_nothing_of_the_file(scene: Scene, stores: Stores, page: Account) -> None:
    upload = await scene.uploads()
    message = await scene.shows(page, upload)
    (claim,) = await stores.outbox.claim_due(10)
    (part,) = message.attachments
    echoed = echo("m-9", None, type="image", client_token=message.id, attachments=(part,))
    await scene.happens(echoed)
    settled = await stores.outbox.settle(claim, Sent(meta_message_id=MetaMessageId("m-9")))
    assert settled.attachments == message.attachments
    assert (await stores.media.get(CASA, MediaId(part.id))).key == upload.blob
    assert await stores.media.claim_due(10) == []
