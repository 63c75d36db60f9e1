"""Files go to Meta before the messages that name them: once, in turn, and never instead of a truth."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.domain.errors import NotFound, Refused, StorageUnavailable
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.content import Content, ImagesContent, MediaCardContent, MediaContent, MediaPart
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.message import Message, MessageStatus, SendError
from meta_inbox.domain.model.sending import Failed, Later, NeedsLogin, Unknown
from meta_inbox.domain.model.upload import Upload
from tests.contracts.scene import ANA, instagram_candidate, page_candidate, wrote
from tests.unit.doubles import AGENT, BOT, NOON, FakeGraph, World, eventually
from tests.unit.test_media_kind import MP4, OGG, PDF, gif

PHOTO = gif()
HUGE = PHOTO + bytes(9 * 1024 * 1024)
ZIP = b"PK\x03\x04" + bytes(40)
OOPS = SendError(code="media_type", detail="Meta said no")
GONE = Failed(error=OOPS, copy_gone=True)


@pytest.fixture
async def page(world: World) -> Account:
    """A connected Page to which Ana just wrote."""
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1", sent_at=world.clock.now()))
    return account


async def instagram(world: World) -> Account:
    """A connected Instagram account to which Ana just wrote."""
    account = await world.scene.connected(candidate=instagram_candidate("9001", "1001"))
    at = world.clock.now()
    await world.scene.happens(wrote("m-9", external_id="9001", platform=account.platform, sent_at=at))
    return account


async def uploaded(world: World, content: bytes = PHOTO) -> Upload:
    return await world.upload(by=AGENT, content=content, name="cake.gif")


async def answered(world: World, account: Account, content: Content) -> Message:
    return await world.send(by=AGENT, account=account.id, contact=ANA, content=content)


async def test_the_file_goes_first_and_the_message_names_metas_copy(world: World, page: Account) -> None:
    upload = await uploaded(world)
    message = await answered(world, page, MediaContent(media_id=upload.id))
    assert message.status is MessageStatus.SENT
    assert world.graph.uploaded == [(upload.id, "image", PHOTO)]
    assert [what for what, _ in world.graph.calls if what in ("upload", "send")] == ["upload", "send"]
    ((content, _),) = world.graph.sent
    assert content == MediaContent(media_id=upload.id, attachment_id="copy-1")
    (part,) = message.attachments
    assert (part.state, part.has_file, part.size, part.width) == ("stored", True, len(PHOTO), 3)


async def test_the_file_of_an_automation_lets_peoples_go_first(world: World, page: Account) -> None:
    for by in (AGENT, BOT):
        upload = await uploaded(world)
        await world.send(by=by, account=page.id, contact=ANA, content=MediaContent(media_id=upload.id))
    assert world.graph.hurries == [True, False]


async def test_the_same_file_is_handed_over_once(world: World, page: Account) -> None:
    upload = await uploaded(world)
    for _ in range(3):
        await answered(world, page, MediaContent(media_id=upload.id))
    assert len(world.graph.uploaded) == 1
    pictures = ImagesContent(items=(MediaPart(media_id=upload.id), MediaPart(media_id=upload.id)))
    await answered(world, page, pictures)
    assert len(world.graph.uploaded) == 1
    sent = world.graph.sent[-1][0]
    assert isinstance(sent, ImagesContent)
    assert [item.attachment_id for item in sent.items] == ["copy-1", "copy-1"]


async def test_another_kind_is_another_copy(world: World, page: Account) -> None:
    upload = await uploaded(world)
    await answered(world, page, MediaContent(media_id=upload.id))
    await answered(world, page, MediaContent(media_id=upload.id, type="file"))
    assert [kind for _, kind, _ in world.graph.uploaded] == ["image", "file"]


async def test_after_89_days_it_is_handed_over_again(world: World, page: Account) -> None:
    upload = await uploaded(world)
    await answered(world, page, MediaContent(media_id=upload.id))
    world.later(days=88)
    await world.scene.happens(wrote("m-2", sent_at=world.clock.now()))
    await answered(world, page, MediaContent(media_id=upload.id))
    assert len(world.graph.uploaded) == 1
    world.later(days=1)
    await world.scene.happens(wrote("m-3", sent_at=world.clock.now()))
    await answered(world, page, MediaContent(media_id=upload.id))
    assert len(world.graph.uploaded) == 2


async def test_what_lies_at_an_address_is_not_handed_over(world: World, page: Account) -> None:
    upload = await uploaded(world)
    elsewhere = MediaPart(url="https://shop.example/1.jpg")
    await answered(world, page, ImagesContent(items=(elsewhere, MediaPart(media_id=upload.id))))
    sent = world.graph.sent[0][0]
    assert isinstance(sent, ImagesContent)
    assert [(item.url, item.attachment_id) for item in sent.items] == [
        ("https://shop.example/1.jpg", None),
        (None, "copy-1"),
    ]
    assert len(world.graph.uploaded) == 1


async def test_a_card_shows_an_uploaded_file(world: World, page: Account) -> None:
    upload = await uploaded(world, MP4)
    message = await answered(world, page, MediaCardContent(media="video", media_id=upload.id))
    sent = world.graph.sent[0][0]
    assert isinstance(sent, MediaCardContent)
    assert (sent.attachment_id, message.attachments[0].content_type) == ("copy-1", "video/mp4")


@pytest.mark.parametrize(
    ("came", "status", "code"),
    [
        (Later(error=OOPS, after=timedelta(seconds=9)), MessageStatus.QUEUED, "media_type"),
        (NeedsLogin(error=OOPS), MessageStatus.QUEUED, "media_type"),
    ],
)
async def test_trouble_with_the_file_means_that_nothing_was_sent(
    world: World, page: Account, came: Any, status: MessageStatus, code: str
) -> None:
    upload = await uploaded(world)
    world.graph.copies = [came]
    message = await answered(world, page, MediaContent(media_id=upload.id))
    assert message.error is not None
    assert (message.status, message.error.code) == (status, code)
    assert world.graph.sent == []
    if isinstance(came, Later):
        world.later(seconds=9)
        assert await world.deliver.due() == 1
        await world.deliver.drain(2)
        assert (await world.scene.message(message)).status is MessageStatus.SENT


async def test_a_file_that_meta_refuses_fails_the_message(world: World, page: Account) -> None:
    upload = await uploaded(world)
    world.graph.copies = [Failed(error=OOPS)]
    message = await world.scene.answers(page, content=MediaContent(media_id=upload.id), files=[upload])
    assert (await world.deliver(message)).status is MessageStatus.FAILED
    assert world.graph.sent == []


async def test_a_copy_that_meta_forgot_is_given_again_once(world: World, page: Account) -> None:
    upload = await uploaded(world)
    await answered(world, page, MediaContent(media_id=upload.id))
    world.graph.outcomes = [GONE]
    message = await answered(world, page, MediaContent(media_id=upload.id))
    assert message.status is MessageStatus.SENT
    assert len(world.graph.uploaded) == 2
    assert await world.uploads.copy(upload, page.id, "image") == "copy-2"


async def test_a_copy_that_meta_forgets_again_and_again_fails(world: World, page: Account) -> None:
    upload = await uploaded(world)
    world.graph.outcomes = [GONE, GONE, GONE]
    message = await world.scene.answers(page, content=MediaContent(media_id=upload.id), files=[upload])
    assert (await world.deliver(message)).status is MessageStatus.FAILED
    assert (len(world.graph.uploaded), len(world.graph.sent)) == (2, 2)


async def test_an_unknown_outcome_is_not_sent_again_for_its_file(world: World, page: Account) -> None:
    upload = await uploaded(world)
    world.graph.outcomes = [Unknown(error=OOPS)]
    message = await answered(world, page, MediaContent(media_id=upload.id))
    assert (message.status, len(world.graph.sent)) == (MessageStatus.UNKNOWN, 1)


async def test_a_claim_that_was_lost_meanwhile_sends_nothing(
    world: World, page: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await uploaded(world)
    plain = type(world.graph).upload

    async def slow(*given: Any, **more: Any) -> Any:
        world.later(seconds=91)
        assert await world.outbox.expire_leases() == 1
        return await plain(*given, **more)

    monkeypatch.setattr(type(world.graph), "upload", slow)
    message = await answered(world, page, MediaContent(media_id=upload.id))
    assert message.status is MessageStatus.QUEUED
    assert world.graph.sent == []


async def test_an_upload_of_a_minute_keeps_its_claim(
    world: World, page: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await uploaded(world)
    plain = type(world.graph).upload

    async def slow(*given: Any, **more: Any) -> Any:
        world.later(seconds=60)
        assert await world.outbox.expire_leases() == 0
        return await plain(*given, **more)

    monkeypatch.setattr(type(world.graph), "upload", slow)
    assert (await answered(world, page, MediaContent(media_id=upload.id))).status is MessageStatus.SENT


async def test_a_store_that_lost_the_bytes_fails_the_message(world: World, page: Account) -> None:
    upload = await uploaded(world)
    world.blobs.kept.clear()
    message = await world.scene.answers(page, content=MediaContent(media_id=upload.id), files=[upload])
    failed = await world.deliver(message)
    assert failed.error is not None
    assert (failed.status, failed.error.code) == (MessageStatus.FAILED, "media_expired")
    assert world.graph.calls == []


async def test_a_store_that_does_not_answer_is_asked_again_later(
    world: World, page: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await uploaded(world)

    async def down(*_: object) -> None:
        raise StorageUnavailable("the disk is away")

    monkeypatch.setattr(type(world.blobs), "read", down)
    message = await answered(world, page, MediaContent(media_id=upload.id))
    assert message.error is not None
    assert (message.status, message.error.code) == (MessageStatus.QUEUED, "storage_unavailable")
    assert world.graph.sent == []


@dataclass
class Hanging:
    """A Meta that takes no file until ``go``; how many of each account are on their way, and were at most."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    going: Counter[str] = field(default_factory=Counter[str])
    most: int = 0

    def begins(self, account: str) -> None:
        self.going[account] += 1
        self.most = max(self.most, self.going.total())


@pytest.fixture
def hanging(world: World, monkeypatch: pytest.MonkeyPatch) -> Hanging:
    meta = Hanging()
    plain = type(world.graph).upload

    async def slow(graph: FakeGraph, account: Account, *given: Any, **more: Any) -> Any:
        meta.begins(account.external_id)
        await meta.go.wait()
        meta.going[account.external_id] -= 1
        return await plain(graph, account, *given, **more)

    monkeypatch.setattr(type(world.graph), "upload", slow)
    return meta


async def shown_to(world: World, account: Account, count: int) -> list[Message]:
    """Pictures for as many people, each in the outbox."""
    messages: list[Message] = []
    for n in range(count):
        who = ContactId(f"c-{account.external_id}-{n}")
        at = wrote(f"m-{who}", external_id=account.external_id, contact_id=who, sent_at=NOON)
        await world.scene.happens(at)
        messages.append(await world.scene.shows(account, await uploaded(world), contact=who))
    return messages


async def begun(world: World) -> list[asyncio.Task[Message]]:
    """Every message that is due goes."""
    claims = await world.outbox.claim_due(20)
    return [asyncio.create_task(world.deliver.deliver(claim)) for claim in claims]


async def others(world: World, *pages: str) -> list[Account]:
    return [await world.scene.connected(candidate=page_candidate(each)) for each in pages]


async def test_only_four_files_are_in_memory_at_a_time(world: World, page: Account, hanging: Hanging) -> None:
    for account in (page, *await others(world, "1002", "1003")):
        await shown_to(world, account, 2)
    tasks = await begun(world)
    await eventually(lambda: hanging.going.total() == 4)
    hanging.go.set()
    assert {message.status for message in await asyncio.gather(*tasks)} == {MessageStatus.SENT}
    assert (len(tasks), hanging.most) == (6, 4)


async def test_an_account_at_which_meta_hangs_takes_half_of_the_turns(
    world: World, page: Account, hanging: Hanging
) -> None:
    (other,) = await others(world, "1002")
    await shown_to(world, page, 6)
    tasks = await begun(world)
    await eventually(lambda: hanging.going[page.external_id] == 2)
    await shown_to(world, other, 1)
    tasks += await begun(world)
    await eventually(lambda: hanging.going[other.external_id] == 1)
    assert hanging.going[page.external_id] == 2
    hanging.go.set()
    await asyncio.gather(*tasks)
    tasks.clear()
    assert (hanging.most, len(world.graph.uploaded)) == (3, 7)
    assert not world.files.turns.shares


async def test_whose_turn_does_not_come_goes_soon_however_often(
    world: World, page: Account, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meta_inbox.domain.use_cases.file_turns.PATIENCE", 0.01)
    await shown_to(world, page, 3)
    tasks = await begun(world)
    for _ in range(4):
        done, _ = await asyncio.wait(tasks, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        settled = done.pop().result()
        assert settled.error is not None
        assert (settled.status, settled.error.code) == (MessageStatus.QUEUED, "busy")
        assert settled.next_attempt_at == world.clock.now() + timedelta(seconds=2)
        world.later(seconds=2)
        tasks = [task for task in tasks if not task.done()] + await begun(world)
    hanging.go.set()
    await asyncio.gather(*tasks)


class TestBeforeAnythingIsKept:
    """What cannot be sent is refused with its reason, and nothing is stored."""

    @pytest.mark.parametrize(
        ("file", "kind", "code"),
        [
            (OGG, "audio", "media_type"),
            (ZIP, "file", "media_type"),
            (PDF, "image", "media_type"),
            (HUGE, "image", "media_too_large"),
        ],
    )
    async def test_instagram_refuses(self, world: World, file: bytes, kind: Any, code: str) -> None:
        account = await instagram(world)
        upload = await uploaded(world, file)
        with pytest.raises(Refused) as refused:
            await answered(world, account, MediaContent(media_id=upload.id, type=kind))
        assert refused.value.code == code
        assert (len(world.store.messages), world.graph.calls) == (1, [])

    async def test_instagram_takes_a_pdf(self, world: World) -> None:
        upload = await uploaded(world, PDF)
        message = await answered(world, await instagram(world), MediaContent(media_id=upload.id, type="file"))
        assert message.status is MessageStatus.SENT

    @pytest.mark.parametrize(("file", "kind"), [(ZIP, "file"), (OGG, "audio"), (HUGE, "file")])
    async def test_messenger_takes_more(self, world: World, page: Account, file: bytes, kind: Any) -> None:
        upload = await uploaded(world, file)
        message = await answered(world, page, MediaContent(media_id=upload.id, type=kind))
        assert message.status is MessageStatus.SENT

    async def test_an_upload_that_is_not_there(self, world: World, page: Account) -> None:
        for content in (
            MediaContent(media_id="0192f0a0-0000-7000-8000-000000000001"),
            ImagesContent(items=(MediaPart(media_id="nonsense"),)),
            MediaCardContent(media="image", media_id="0192f0a0-0000-7000-8000-000000000001"),
        ):
            with pytest.raises(NotFound):
                await answered(world, page, content)
        assert len(world.store.messages) == 1
