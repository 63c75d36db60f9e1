"""Uploading: what may be, as what it is kept, and under which name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta_inbox.adapters.meta_graph.upload_kind import as_upload
from meta_inbox.adapters.meta_graph.world_pictures import picture
from meta_inbox.domain.errors import ContentRefused, ScopeMissing, StorageUnavailable
from meta_inbox.domain.model.media import MAX_BYTES, UNKNOWN_TYPE
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.upload import harmless_name
from tests.contracts.scene import CASA
from tests.unit.doubles import AGENT, World
from tests.unit.test_media_kind import OGG, PDF

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40)
AVI = b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(40)
ZIP = b"PK\x03\x04" + bytes(40)
THEORA = b"OggS\x00\x02" + bytes(22) + b"\x80theora" + bytes(99)


async def test_an_upload_is_kept_with_what_it_is(world: World) -> None:
    content = picture("cake")
    upload = await world.upload(by=AGENT, content=content, name="C:\\fotos\\cake.png")
    assert (upload.content_type, upload.size, upload.width, upload.height) == (
        "image/png",
        len(content),
        96,
        96,
    )
    assert (upload.name, upload.uploaded_by) == ("cake.png", "bea")
    assert world.blobs.kept == {upload.blob: content}
    assert await world.uploads.get(CASA, upload.id) == upload


async def test_it_needs_the_scope(world: World) -> None:
    with pytest.raises(ScopeMissing):
        await world.upload(by=Principal(CASA, "bea", frozenset({Scope.MESSAGES_READ})), content=b"x")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "media_type"),
        (b"MZ" + bytes(99), "media_type"),
        (b"\x7fELF" + bytes(99), "media_type"),
        (b"\xcf\xfa\xed\xfe" + bytes(99), "media_type"),
        (b"  <!DOCTYPE html><p>hi", "media_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "media_type"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "media_type"),
        (bytes(MAX_BYTES + 1), "media_too_large"),
    ],
)
async def test_what_no_surface_takes_is_refused_and_not_kept(world: World, content: bytes, code: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        await world.upload(by=AGENT, content=content)
    assert refused.value.code == code
    assert (world.blobs.kept, world.store.media.uploads) == ({}, {})


async def test_bytes_that_cannot_be_put_leave_nothing_to_be_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StorageUnavailable("the disk is full")

    monkeypatch.setattr(type(world.blobs), "put", full)
    with pytest.raises(StorageUnavailable):
        await world.upload(by=AGENT, content=PDF)
    assert world.store.media.ready == set()
    world.later(hours=25)
    assert await world.uploads.discard_unsent(10) == 1


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (OGG, "audio/ogg"),
        (THEORA, "video/ogg"),
        (WAV, "audio/x-wav"),
        (AVI, "video/x-msvideo"),
        (ZIP, "application/zip"),
        (b"name;price\ncake;5\n", UNKNOWN_TYPE),
        (b"a text about <html> and <script>", UNKNOWN_TYPE),
        (b"GIF89a\x00\x00", UNKNOWN_TYPE),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: str) -> None:
    assert as_upload(content).content_type == kind


@given(st.binary(max_size=300))
def test_any_bytes_are_something(content: bytes) -> None:
    assert as_upload(content).content_type


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (None, None),
        ("", None),
        ("..", None),
        ("cake.png", "cake.png"),
        ("bolo de maçã.jpg", "bolo de maçã.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\bia\\cake.png", "cake.png"),
        ("a\x00b\r\nc\x7f\u202e.png", "abc.png"),
        ("x" * 300 + ".jpeg", "x" * 145 + ".jpeg"),
        ("x" * 300, "x" * 150),
        ("/", None),
    ],
)
def test_a_name_is_harmless(told: str | None, name: str | None) -> None:
    assert harmless_name(told) == name


@given(st.text(max_size=400))
def test_any_name_is_harmless(told: str) -> None:
    name = harmless_name(told)
    assert name is None or (0 < len(name) <= 150 and name.isprintable() and "/" not in name)
    assert name is None or name.encode(errors="strict")
