"""Giving Meta a copy of a file, and sending it by its id, in process and over HTTP alike."""

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meta_inbox.adapters.meta_graph.meter import Meter
from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.adapters.meta_graph.world_pictures import picture
from meta_inbox.domain.model.content import (
    Content,
    ImagesContent,
    MediaCardContent,
    MediaContent,
    MediaKind,
    MediaPart,
)
from meta_inbox.domain.model.ids import TenantId, UserId
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Copied, Failed, Later, NeedsLogin, Sent, Unsent
from meta_inbox.domain.model.upload import Upload, UploadId
from tests.contracts.meta_stage import BY_PAGE, CASA_VERDE, CASAVERDE, PADARIA_SOL, Stage, account, opened

PNG = picture("cake")
BOTH = pytest.mark.parametrize("external_id", [CASA_VERDE, CASAVERDE])


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


def file(content_type: str = "image/png", name: str | None = "cake.png", size: int = len(PNG)) -> Upload:
    return Upload(
        id=UploadId("u-1"),
        tenant_id=TenantId("t1"),
        content_type=content_type,
        size=size,
        name=name,
        blob="b-1",
        uploaded_by=UserId("u1"),
        created_at=datetime.now(UTC),
    )


async def given(
    stage: Stage,
    token: Secret,
    external_id: str = CASA_VERDE,
    *,
    kind: MediaKind = "image",
    upload: Upload | None = None,
    content: bytes = PNG,
    automated: bool = False,
) -> Copied | Unsent:
    """What comes of giving Meta a file."""
    to = account(external_id)
    return await stage.api.upload(to, token, kind, upload or file(), content, automated=automated)


async def copy(stage: Stage, token: Secret, external_id: str = CASA_VERDE, kind: MediaKind = "image") -> str:
    types = {"image": "image/png", "video": "video/mp4", "audio": "audio/mp4", "file": "application/pdf"}
    found = await given(stage, token, external_id, kind=kind, upload=file(types[kind]))
    assert isinstance(found, Copied), found
    return found.attachment_id


def shown(stage: Stage) -> list[str]:
    """The addresses of the files that the latest echo shows."""
    last = stage.world.webhooks.last
    assert last is not None
    (item,) = MsgspecWebhookReader().read(last.body).items
    return [each.source_url or "" for each in item.attachments]


def bytes_at(stage: Stage, url: str) -> bytes:
    return stage.world.media.answer("/media" + url.partition("/media")[2]).content


@BOTH
async def test_a_picture_is_given_once_and_sent_by_its_id(stage: Stage, external_id: str) -> None:
    token, contact = await stage.page_token(), stage.contact(external_id)
    await stage.api.subscribe(BY_PAGE, token)
    id_ = await copy(stage, token, external_id)
    for _ in range(2):
        outcome = await stage.send(token, contact, MediaContent(media_id="u-1", attachment_id=id_))
        assert isinstance(outcome, Sent)
    assert [sent.message["attachment"] for sent in stage.world.ledger] == [
        {"type": "image", "payload": {"attachment_id": id_}}
    ] * 2
    (url,) = shown(stage)
    assert bytes_at(stage, url) == PNG


@BOTH
@pytest.mark.parametrize("kind", ["video", "audio", "file"])
async def test_every_kind_of_file_is_sent_by_its_id(stage: Stage, external_id: str, kind: MediaKind) -> None:
    token, contact = await stage.page_token(), stage.contact(external_id)
    id_ = await copy(stage, token, external_id, kind)
    content = MediaContent(media_id="u-1", attachment_id=id_, type=kind)
    assert isinstance(await stage.send(token, contact, content), Sent)


@BOTH
async def test_several_pictures_some_of_them_given(stage: Stage, external_id: str) -> None:
    token, contact = await stage.page_token(), stage.contact(external_id)
    await stage.api.subscribe(BY_PAGE, token)
    id_ = await copy(stage, token, external_id)
    items = (MediaPart(url="https://cdn.example/1.jpg"), MediaPart(media_id="u-1", attachment_id=id_))
    assert isinstance(await stage.send(token, contact, ImagesContent(items=items)), Sent)
    first, second = shown(stage)
    assert (first, bytes_at(stage, second)) == ("https://cdn.example/1.jpg", PNG)


async def test_a_card_of_messenger_shows_a_copy(stage: Stage) -> None:
    token = await stage.page_token()
    id_ = await copy(stage, token)
    card = MediaCardContent(media="image", media_id="u-1", attachment_id=id_)
    assert isinstance(await stage.send(token, stage.contact(), card), Sent)


async def refused(stage: Stage, token: Secret, contact_of: str, content: Content) -> Failed:
    outcome = await stage.send(token, stage.contact(contact_of), content)
    assert isinstance(outcome, Failed)
    assert stage.world.ledger == ()
    return outcome


async def test_a_copy_is_of_its_page_its_surface_and_its_kind(stage: Stage) -> None:
    token = await stage.page_token()
    id_ = await copy(stage, token)
    others = [
        (await stage.page_token(PADARIA_SOL), PADARIA_SOL, MediaContent(media_id="u", attachment_id=id_)),
        (token, CASAVERDE, MediaContent(media_id="u", attachment_id=id_)),
        (token, CASA_VERDE, MediaContent(media_id="u", attachment_id=id_, type="file")),
        (token, CASA_VERDE, MediaCardContent(media="video", media_id="u", attachment_id=id_)),
        (token, CASA_VERDE, MediaContent(media_id="u", attachment_id="404")),
    ]
    for its_token, contact_of, content in others:
        failed = await refused(stage, its_token, contact_of, content)
        assert (failed.error.meta_subcode, failed.error.code, failed.copy_gone) == (
            *(2018074, "media_type", True),
        )


async def test_a_copy_is_forgotten_after_90_days(stage: Stage) -> None:
    token = await stage.page_token()
    content = MediaContent(media_id="u", attachment_id=await copy(stage, token))
    stage.world.advance(timedelta(days=89))
    assert isinstance(await stage.send(token, stage.contact(), content), Sent)
    stage.world.advance(timedelta(days=1))
    outcome = await stage.send(token, stage.contact(), content)
    assert isinstance(outcome, Failed)
    assert outcome.copy_gone


async def test_other_refusals_are_not_for_want_of_a_file(stage: Stage) -> None:
    stage.world.faults.plan("messages", Fault(kind=FaultKind.REFUSE, code=100, subcode=2018001, status=400))
    assert not (
        await refused(stage, await stage.page_token(), CASA_VERDE, MediaContent(url="https://x.example"))
    ).copy_gone


@pytest.mark.parametrize(
    ("external_id", "kind", "content_type"),
    [
        (CASAVERDE, "audio", "audio/ogg"),
        (CASAVERDE, "file", "application/zip"),
        (CASA_VERDE, "image", "application/pdf"),
    ],
)
async def test_a_type_that_the_surface_does_not_take_is_refused(
    stage: Stage, external_id: str, kind: MediaKind, content_type: str
) -> None:
    found = await given(stage, await stage.page_token(), external_id, kind=kind, upload=file(content_type))
    assert isinstance(found, Later)
    assert (found.error.meta_subcode, found.error.code, found.once) == (2018047, "media_type", True)


async def test_a_file_that_is_too_large_is_refused(stage: Stage) -> None:
    large = PNG + bytes(8 * 1024 * 1024)
    found = await given(stage, await stage.page_token(), content=large)
    assert isinstance(found, Failed)
    assert (found.error.meta_subcode, found.error.code) == (2018109, "media_too_large")


@pytest.mark.parametrize("name", [None, "bolo de maçã.png", 'a"b\\c.png', "x" * 150])
async def test_odd_names_arrive_as_harmless_ones(stage: Stage, name: str | None) -> None:
    assert isinstance(await given(stage, await stage.page_token(), upload=file(name=name)), Copied)


async def test_bytes_that_look_like_the_form_arrive_whole(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    await stage.api.subscribe(BY_PAGE, token)
    odd = (
        b'\r\n--\r\n\r\n----boundary--\r\nContent-Disposition: form-data; name="message"\r\n\r\n{}\r\n'
        + bytes(range(256))
    )
    found = await given(
        stage, token, kind="file", upload=file("application/octet-stream", "a.bin"), content=odd
    )
    assert isinstance(found, Copied)
    content = MediaContent(media_id="u", attachment_id=found.attachment_id, type="file")
    assert isinstance(await stage.send(token, contact, content), Sent)
    assert bytes_at(stage, shown(stage)[0]) == odd


async def test_a_large_file_is_taken(stage: Stage) -> None:
    stage.calls = type(stage.calls)(
        transport=stage.calls.transport, app=stage.calls.app, base_url=stage.calls.base_url
    )
    large = bytes(24 * 1024 * 1024)
    found = await given(
        stage, await stage.page_token(), kind="file", upload=file("application/zip"), content=large
    )
    assert isinstance(found, Copied)


TROUBLE = [
    Fault(kind=FaultKind.DROP),
    Fault(kind=FaultKind.HTML_503),
    Fault(kind=FaultKind.REDIRECT),
    Fault(kind=FaultKind.ACCEPT_THEN_HANG),
    Fault(kind=FaultKind.ACCEPT_THEN_RESET),
    Fault(kind=FaultKind.BAD_JSON),
    Fault(kind=FaultKind.BOMB),
    Fault(kind=FaultKind.THROTTLE, seconds=60),
    Fault(kind=FaultKind.REFUSE, code=1, status=500),
    Fault(kind=FaultKind.REFUSE, code=2, status=500),
]


@pytest.mark.parametrize("fault", TROUBLE, ids=[f"{fault.kind.value}-{fault.code}" for fault in TROUBLE])
async def test_trouble_of_any_kind_is_no_doubt_for_nothing_was_sent(stage: Stage, fault: Fault) -> None:
    token = await stage.page_token()
    stage.world.faults.plan("message_attachments", fault)
    patient = stage.calls
    stage.hurry()
    found = await given(stage, token)
    assert isinstance(found, Later), found
    stage.calls = replace(patient, meter=Meter())  # which would wait, as Meta asked
    assert isinstance(await given(stage, token), Copied)
    assert stage.world.ledger == ()


async def test_a_dead_token_needs_a_login(stage: Stage) -> None:
    token = await stage.page_token()
    stage.world.access.revoke(460)
    found = await given(stage, token)
    assert isinstance(found, NeedsLogin)
    assert (found.error.code, found.error.meta_subcode) == ("reauth_required", 460)


async def test_the_edge_takes_an_address_as_well(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    await stage.api.subscribe(BY_PAGE, token)
    attachment = {"type": "image", "payload": {"url": "https://cdn.example/a.jpg", "is_reusable": True}}
    found = await stage.calls.send(
        CASA_VERDE, "message_attachments", token=token, json={"message": {"attachment": attachment}}
    )
    assert isinstance(found, dict)
    content = MediaContent(media_id="u", attachment_id=str(found["attachment_id"]))
    assert isinstance(await stage.send(token, contact, content), Sent)
    assert shown(stage) == ["https://cdn.example/a.jpg"]
    assert json.loads(stage.world.dump())["copies"]
