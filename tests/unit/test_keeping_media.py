"""Fetching files after their messages, and looking at them, with a Meta that does as it is told."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from meta_inbox.adapters.persistence.blob_memory import MemoryBlobs
from meta_inbox.domain.errors import (
    AccessRevoked,
    GraphUnavailable,
    LinkBarred,
    LinkDead,
    MediaMissing,
    NotFound,
    RefusedByMeta,
    ScopeMissing,
    StorageUnavailable,
)
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.media import FetchedFile, FreshLinks, Media, MediaId
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.message import Attachment
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.use_cases import open_media
from meta_inbox.domain.use_cases.fetch_media import FetchMedia
from meta_inbox.domain.use_cases.open_media import OpenedMedia, OpenMedia
from meta_inbox.domain.use_cases.read_media import ReadMedia
from tests.contracts.scene import CASA, wrote
from tests.unit.doubles import AGENT, STRANGER, World

URL = "https://scontent.xx.fbcdn.net/a.jpg"
FRESH = "https://scontent.xx.fbcdn.net/b.jpg"
PHOTO = FetchedFile(content=b"a photo", content_type="image/png", width=3, height=2)


@dataclass
class Source:
    """Answers as prepared; what is not prepared is gone."""

    files: dict[str, FetchedFile | Exception] = field(default_factory=dict[str, "FetchedFile | Exception"])
    fresh: FreshLinks | Exception = field(default_factory=FreshLinks)
    fetched: list[str] = field(default_factory=list[str])
    asked: list[str] = field(default_factory=list[str])

    async def fetch(self, url: str) -> FetchedFile:
        """The file."""
        self.fetched.append(url)
        found = self.files.get(url, LinkDead("gone"))
        if isinstance(found, Exception):
            raise found
        return found

    async def fresh_links(self, account: Account, token: Secret, message: MetaMessageId) -> FreshLinks:
        """What was prepared."""
        self.asked.append(message)
        if isinstance(self.fresh, Exception):
            raise self.fresh
        return self.fresh


class Keeping:
    """A connected Page, somebody who sends files, and both use cases."""

    def __init__(self, *, stores: bool = True) -> None:
        self.world = World()
        self.source, self.blobs = Source(), MemoryBlobs()
        self.world.store.media.rules = MediaRules(stores=stores)
        read = ReadMedia(accounts=self.world.accounts, media=self.world.media, source=self.source)
        self.fetch = FetchMedia(
            media=self.world.media, blobs=self.blobs, read=read, clock=self.world.clock, stores=stores
        )
        self.open = OpenMedia(media=self.world.media, blobs=self.blobs, fetch=read, stores=stores)

    async def comes(self, *parts: Attachment, **more: object) -> Media:
        """Ana sends this; its first file."""
        await self.world.scene.connected()
        given = parts or (Attachment(id="", type="image", source_url=URL),)
        await self.world.scene.happens(wrote("m-1", None, type=given[0].type, attachments=given, **more))
        return await self.file()

    async def file(self) -> Media:
        """The first file as it now is."""
        ((tenant, id_), *_) = self.world.store.media.rows
        return await self.world.media.get(tenant, id_)

    async def looks(self, by: Principal = AGENT) -> OpenedMedia:
        """Somebody looks at it."""
        ((_, id_), *_) = self.world.store.media.rows
        return await self.open(by=by, media=id_)


@pytest.fixture
def keeping() -> Keeping:
    return Keeping()


async def content(opened: OpenedMedia, first: int = 0, last: int | None = None) -> bytes:
    pieces = await opened.read(first, opened.size - 1 if last is None else last)
    return b"".join([piece async for piece in pieces])


async def test_a_photo_is_stored_and_can_be_looked_at(keeping: Keeping) -> None:
    keeping.source.files[URL] = PHOTO
    await keeping.comes()
    assert await keeping.fetch() == 1
    assert await keeping.fetch() == 0
    file = await keeping.file()
    assert (file.state, file.content_type, file.size, file.width, file.height) == (
        "stored",
        "image/png",
        7,
        3,
        2,
    )
    opened = await keeping.looks()
    assert (await content(opened), await content(opened, 2, 4), opened.kept) == (b"a photo", b"pho", True)
    assert keeping.source.fetched == [URL]


async def test_before_it_is_fetched_it_is_pending(keeping: Keeping) -> None:
    await keeping.comes()
    with pytest.raises(MediaMissing) as missing:
        await keeping.looks()
    assert missing.value.code == "media_pending"
    assert keeping.source.fetched == []


async def test_a_dead_link_is_asked_for_anew_once(keeping: Keeping) -> None:
    keeping.source.files[FRESH] = PHOTO
    keeping.source.fresh = FreshLinks(attachments=(FRESH,))
    await keeping.comes()
    await keeping.fetch()
    file = await keeping.file()
    assert (file.state, file.source_url) == ("stored", FRESH)
    assert (keeping.source.fetched, keeping.source.asked) == ([URL, FRESH], ["m-1"])


@pytest.mark.parametrize(
    "fresh",
    [
        FreshLinks(),
        FreshLinks(attachments=(URL,)),
        FreshLinks(attachments=(FRESH,)),
        FreshLinks(attachments=(None,)),
        RefusedByMeta("deleted"),
    ],
)
async def test_what_meta_no_longer_has_is_expired(keeping: Keeping, fresh: FreshLinks | Exception) -> None:
    keeping.source.fresh = fresh
    await keeping.comes()
    await keeping.fetch()
    assert (await keeping.file()).state == "expired"
    with pytest.raises(MediaMissing) as missing:
        await keeping.looks()
    assert missing.value.code == "media_expired"
    assert len(keeping.source.asked) == 1


async def test_what_must_not_be_fetched_is_refused_and_not_tried_again(keeping: Keeping) -> None:
    keeping.source.files[URL] = LinkBarred("not there")
    await keeping.comes()
    await keeping.fetch()
    keeping.world.clock.advance(timedelta(days=2))
    assert await keeping.fetch() == 0
    with pytest.raises(MediaMissing) as missing:
        await keeping.looks()
    assert missing.value.code == "media_refused"


@pytest.mark.parametrize("trouble", [GraphUnavailable("down"), AccessRevoked("no login")])
async def test_trouble_is_tried_again_ever_later_for_a_day(keeping: Keeping, trouble: Exception) -> None:
    if isinstance(trouble, AccessRevoked):
        keeping.source.fresh = trouble
    else:
        keeping.source.files[URL] = trouble
    await keeping.comes()
    waits: list[timedelta] = []
    while (await keeping.file()).state == "pending":
        before = keeping.world.clock.now()
        while await keeping.fetch() == 0:
            keeping.world.clock.advance(timedelta(seconds=5))
        waits.append(keeping.world.clock.now() - before)
        assert len(waits) < 60
    assert (await keeping.file()).state == "expired"
    assert timedelta(hours=24) <= sum(waits, timedelta()) <= timedelta(hours=26)
    assert waits[1] <= timedelta(seconds=15)
    assert max(waits) <= timedelta(hours=1, seconds=5)
    assert waits[1:] == sorted(waits[1:])


async def test_trouble_that_ends_ends_in_a_stored_file(keeping: Keeping) -> None:
    keeping.source.files[URL] = GraphUnavailable("down")
    await keeping.comes()
    await keeping.fetch()
    keeping.source.files[URL] = PHOTO
    keeping.world.clock.advance(timedelta(minutes=1))
    await keeping.fetch()
    assert (await keeping.file()).state == "stored"


async def test_a_store_that_is_full_is_trouble(keeping: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(self: MemoryBlobs, key: str, content: bytes) -> None:
        raise StorageUnavailable("full")

    keeping.source.files[URL] = PHOTO
    await keeping.comes()
    with monkeypatch.context() as patched:
        patched.setattr(MemoryBlobs, "put", full)
        with pytest.raises(StorageUnavailable):  # so that the job says it, and waits
            await keeping.fetch()
    assert (await keeping.file()).state == "pending"
    assert await keeping.fetch() == 0
    keeping.world.clock.advance(timedelta(minutes=1))
    await keeping.fetch()
    assert (await keeping.file()).state == "stored"


async def test_what_nobody_foresaw_puts_the_file_off_and_is_told(keeping: Keeping) -> None:
    keeping.source.files[URL] = RuntimeError("a slip")
    await keeping.comes()
    with pytest.raises(RuntimeError):
        await keeping.fetch()
    assert await keeping.fetch() == 0
    keeping.world.clock.advance(timedelta(minutes=1))
    keeping.source.files[URL] = PHOTO
    assert await keeping.fetch() == 1


async def test_few_files_are_fetched_at_once_because_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_media, "PATIENCE", 0.05)
    keeping = Keeping(stores=False)
    keeping.source.files[URL] = PHOTO
    await keeping.comes()
    for _ in range(open_media.AT_ONCE):
        await keeping.open.turns.acquire()
    with pytest.raises(GraphUnavailable):
        await keeping.looks()
    keeping.open.turns.release()
    assert await content(await keeping.looks()) == b"a photo"
    assert await content(await keeping.looks()) == b"a photo"


async def test_whoever_has_no_right_or_is_a_stranger_sees_nothing(keeping: Keeping) -> None:
    keeping.source.files[URL] = PHOTO
    await keeping.comes()
    await keeping.fetch()
    with pytest.raises(ScopeMissing):
        await keeping.looks(Principal(CASA, "bea", scopes=frozenset({Scope.MESSAGES_SEND})))
    with pytest.raises(NotFound):
        await keeping.looks(STRANGER)
    with pytest.raises(NotFound):
        await keeping.open(by=AGENT, media=MediaId("0192f0a0-0000-7000-8000-000000000001"))


async def test_by_the_proxy_policy_nothing_is_fetched_or_kept_until_somebody_looks() -> None:
    keeping = Keeping(stores=False)
    keeping.source.files[URL] = PHOTO
    await keeping.comes()
    assert (await keeping.fetch(), keeping.source.fetched) == (0, [])
    for _ in range(2):
        opened = await keeping.looks()
        assert (await content(opened), await content(opened, 2, 4), opened.kept) == (
            b"a photo",
            b"pho",
            False,
        )
    assert keeping.blobs.kept == {}
    assert (await keeping.file()).state == "pending"


async def test_by_the_proxy_policy_each_look_may_ask_meta_anew() -> None:
    keeping = Keeping(stores=False)
    await keeping.comes()
    for url in (FRESH, f"{FRESH}?2"):
        keeping.source.files = {url: PHOTO}
        keeping.source.fresh = FreshLinks(attachments=(url,))
        assert await content(await keeping.looks()) == b"a photo"
        assert (await keeping.file()).source_url == url
    keeping.source.files, keeping.source.fresh = {}, FreshLinks()
    with pytest.raises(MediaMissing):
        await keeping.looks()
    assert (await keeping.file()).state == "expired"


async def test_trouble_while_somebody_looks_is_no_verdict() -> None:
    keeping = Keeping(stores=False)
    keeping.source.files[URL] = GraphUnavailable("down")
    await keeping.comes()
    with pytest.raises(GraphUnavailable):
        await keeping.looks()
    assert (await keeping.file()).state == "pending"


async def test_a_story_is_passed_on_and_never_kept(keeping: Keeping) -> None:
    keeping.source.files[URL] = PHOTO
    mention = Attachment(id="", type="story_mention", source_url=URL, story=True)
    await keeping.comes(mention, story={"id": None, "kind": "mention", "url": URL})
    assert await keeping.fetch() == 0
    opened = await keeping.looks()
    assert (await content(opened), opened.kept, keeping.blobs.kept) == (b"a photo", False, {})
    keeping.source.files = {}
    with pytest.raises(MediaMissing) as missing:
        await keeping.looks()
    assert missing.value.code == "media_expired"
    (message,) = keeping.world.store.messages.values()
    assert message.story is not None
    assert message.story["expired"] is True


async def test_a_storys_fresh_link_is_the_storys(keeping: Keeping) -> None:
    keeping.source.files[FRESH] = PHOTO
    keeping.source.fresh = FreshLinks(attachments=("https://scontent.xx.fbcdn.net/other",), story=FRESH)
    mention = Attachment(id="", type="story_mention", source_url=URL, story=True)
    await keeping.comes(mention, story={"id": None, "kind": "mention", "url": URL})
    assert await content(await keeping.looks()) == b"a photo"


async def test_after_the_policy_changed_to_proxy_what_waits_is_passed_on() -> None:
    keeping = Keeping()
    keeping.source.files[URL] = PHOTO
    await keeping.comes()
    passing = OpenMedia(media=keeping.open.media, blobs=keeping.blobs, fetch=keeping.open.fetch, stores=False)
    opened = await passing(by=AGENT, media=(await keeping.file()).id)
    assert (opened.kept, keeping.blobs.kept) == (False, {})


async def test_what_the_store_lost_is_had_from_meta_if_it_is_the_same(keeping: Keeping) -> None:
    keeping.source.files[URL] = PHOTO
    await keeping.comes()
    await keeping.fetch()
    keeping.blobs.kept.clear()
    assert await content(await keeping.looks(), 2, 4) == b"pho"
    keeping.source.files[URL] = FetchedFile(content=b"another one")
    with pytest.raises(MediaMissing):
        await content(await keeping.looks())
    assert (await keeping.file()).state == "stored"


async def test_purged_files_are_deleted_from_the_store(keeping: Keeping) -> None:
    keeping.source.files[URL] = PHOTO
    file = await keeping.comes()
    await keeping.fetch()
    (message,) = keeping.world.store.messages.values()
    await keeping.world.backstage.purge(message)
    assert await keeping.fetch.discard() == 1
    assert await keeping.fetch.discard() == 0
    assert (keeping.blobs.kept, keeping.world.store.media.discarded) == ({}, {})
    with pytest.raises(NotFound):
        await keeping.open(by=AGENT, media=file.id)


async def test_a_deletion_that_fails_is_done_later(keeping: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping.source.files[URL] = PHOTO
    await keeping.comes()
    await keeping.fetch()
    (message,) = keeping.world.store.messages.values()
    await keeping.world.backstage.purge(message)

    async def away(self: MemoryBlobs, key: str) -> None:
        raise StorageUnavailable("away")

    with monkeypatch.context() as patched:
        patched.setattr(MemoryBlobs, "delete", away)
        with pytest.raises(StorageUnavailable):
            await keeping.fetch.discard()
    keeping.world.clock.advance(timedelta(minutes=2))
    assert await keeping.fetch.discard() == 1
    assert keeping.blobs.kept == {}


async def test_a_message_without_an_id_at_meta_cannot_be_asked_for(keeping: Keeping) -> None:
    await keeping.comes()
    (key,) = keeping.world.store.messages
    keeping.world.store.messages[key] = replace(keeping.world.store.messages[key], meta_message_id=None)
    await keeping.fetch()
    assert ((await keeping.file()).state, keeping.source.asked) == ("expired", [])
