"""Files over HTTP: uploaded by a form that may be anything, sent by their ids, and nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from meta_inbox.adapters.http.uploads import AT_ONCE, OF_ONE_TENANT
from meta_inbox.adapters.meta_graph.world_pictures import picture
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.media import MAX_BYTES
from tests.contracts.http_stage import CRM, HttpStage
from tests.unit.doubles import eventually

PNG = picture("cake")
OGG = b"OggS\x00\x02" + bytes(200)
MEDIA = "/api/meta/media"
FORM = {"Content-Type": "multipart/form-data; boundary=xyz"}


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


@pytest.fixture
async def account(stage: HttpStage) -> str:
    """A Page to which Ana just wrote."""
    id_ = await stage.connects()
    await stage.contact_writes()
    return id_


async def upload(
    stage: HttpStage, content: bytes = PNG, name: str | None = "cake.png", token: str | None = None
) -> httpx.Response:
    async with stage.client(token) as caller:
        return await caller.post(MEDIA, files={"file": (name, content, "image/gif")})


async def posted(stage: HttpStage, body: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    async with stage.client() as caller:
        return await caller.post(MEDIA, content=body, headers=FORM | headers)


async def send(stage: HttpStage, account: str, message: dict[str, Any]) -> httpx.Response:
    body = {"account_id": account, "recipient_id": "7001", "message": message}
    async with stage.client() as caller:
        return await caller.post("/api/meta/send-message", json=body)


def part(content: bytes, disposition: str = 'form-data; name="file"; filename="a.png"') -> bytes:
    return b"--xyz\r\nContent-Disposition: " + disposition.encode() + b"\r\n\r\n" + content + b"\r\n"


async def test_a_file_is_uploaded_and_sent(stage: HttpStage, account: str) -> None:
    answer = await upload(stage)
    assert answer.status_code == 201
    kept = answer.json()
    assert kept == {"id": kept["id"], "content_type": "image/png", "size": len(PNG)}
    sent = await send(stage, account, {"type": "image", "media_id": kept["id"]})
    assert sent.status_code == 201, sent.text
    (shown,) = sent.json()["attachments"]
    assert (shown["state"], shown["content_type"], shown["size"], shown["name"], shown["width"]) == (
        *("stored", "image/png", len(PNG), "cake.png", 96),
    )
    async with stage.client(anonymous=True) as browser:
        seen = await browser.get(shown["url"])
    assert (seen.status_code, seen.content, seen.headers["content-type"]) == (200, PNG, "image/png")
    assert stage.graph.uploaded == [("image", PNG)]


async def test_what_cannot_go_to_a_surface_is_422_before_anything_is_kept(
    stage: HttpStage, account: str
) -> None:
    pdf, large = await upload(stage, b"%PDF-1.7\n" + bytes(40)), await upload(stage, PNG + bytes(9 * 1024**2))
    for kept, code in ((pdf, "media_type"), (large, "media_too_large")):
        answer = await send(stage, account, {"type": "image", "media_id": kept.json()["id"]})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (len(stage.store.messages), stage.graph.uploaded) == (1, [])


@pytest.mark.parametrize(
    "message",
    [
        {"type": "image", "media_id": "0192f0a0-0000-7000-8000-000000000001"},
        {"type": "image", "media_id": "nonsense"},
        {"type": "images", "items": [{"media_id": "../../etc/passwd"}]},
        {"type": "media_card", "media": "image", "media_id": ""},
    ],
)
async def test_an_unknown_upload_is_404(stage: HttpStage, account: str, message: dict[str, Any]) -> None:
    answer = await send(stage, account, message)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert len(stage.store.messages) == 1


async def test_another_tenants_upload_is_404_to_send_and_to_look_at(stage: HttpStage, account: str) -> None:
    foreign = (await upload(stage, token=stage.token("rival"))).json()["id"]
    assert (await send(stage, account, {"type": "image", "media_id": foreign})).status_code == 404
    async with stage.client() as caller:
        assert (await caller.get(f"{MEDIA}/{foreign}")).status_code == 404


async def test_it_needs_a_token_and_the_scope_before_a_byte_is_read(stage: HttpStage) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    for token, status, code in (
        (None, 401, "unauthenticated"),
        (stage.token(scope="messages:read"), 403, "scope_missing"),
    ):
        async with stage.client(token, anonymous=token is None) as caller:
            answer = await caller.post(MEDIA, content=never(), headers=FORM)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_page_of_another_origin_uploads_nothing(stage: HttpStage) -> None:
    answer = await posted(stage, part(PNG) + b"--xyz--\r\n", Origin="https://evil.example")
    assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
    assert (await posted(stage, part(PNG) + b"--xyz--\r\n", Origin=CRM)).status_code == 201


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"MZ" + bytes(99), "setup.exe"), (b"<html><script>", "a.png"), (b"<svg/>", "a.svg")],
)
async def test_what_no_surface_takes_is_415(stage: HttpStage, content: bytes, name: str) -> None:
    answer = await upload(stage, content, name)
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type")
    assert stage.blobs.kept == {}


@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "", "multipart/mixed"]
)
async def test_what_is_no_form_is_415(stage: HttpStage, kind: str) -> None:
    answer = await posted(stage, b"{}", **{"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_a_compressed_form_is_415(stage: HttpStage) -> None:
    answer = await posted(stage, part(PNG), **{"Content-Encoding": "gzip"})
    assert answer.status_code == 415


BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "no part": b"--xyz--\r\n",
    "an empty file": part(b"") + b"--xyz--\r\n",
    "another field": part(b"x", 'form-data; name="photo"; filename="a"') + b"--xyz--\r\n",
    "a field besides": part(b"x", 'form-data; name="caption"') + part(PNG) + b"--xyz--\r\n",
    "two files": part(PNG) + part(PNG) + b"--xyz--\r\n",
    "another boundary": part(PNG).replace(b"xyz", b"abc") + b"--abc--\r\n",
    "no end": part(PNG),
    "cut short": part(PNG)[:-20],
    "a wrong disposition": part(PNG, 'attachment; name="file"') + b"--xyz--\r\n",
    "no disposition": b"--xyz\r\nContent-Type: image/png\r\n\r\nabc\r\n--xyz--\r\n",
    "no name": part(PNG, "form-data") + b"--xyz--\r\n",
    "a name that is no text": part(PNG).replace(b"a.png", b"\xff.png") + b"--xyz--\r\n",
    "a head without end": b"--xyz\r\nContent-Disposition: form-data; name=" + b"x" * 20_000,
    "many heads": b"--xyz\r\n" + b"X-A: b\r\n" * 50 + b"\r\nabc\r\n--xyz--\r\n",
    "bare newlines": part(PNG).replace(b"\r\n", b"\n") + b"--xyz--\n",
    "a preamble": b"hello " * 100 + part(PNG) + b"--xyz--\r\n",
    "json": b'{"file": "x"}',
    "nul": bytes(1000),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_form_is_400(stage: HttpStage, body: bytes) -> None:
    for size in (len(body) or 1, 7):

        async def pieces(step: int = size) -> AsyncIterator[bytes]:
            for at in range(0, len(body), step):
                yield body[at : at + step]

        answer = await posted(stage, pieces())
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request"), answer.text
    assert (stage.blobs.kept, stage.store.media.uploads) == ({}, {})


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=""']
)
async def test_a_form_without_a_boundary_is_400(stage: HttpStage, kind: str) -> None:
    assert (await posted(stage, part(PNG), **{"Content-Type": kind})).status_code == 400


async def test_a_boundary_may_be_quoted(stage: HttpStage) -> None:
    kind = {"Content-Type": 'multipart/form-data; charset=utf-8; boundary="xyz"'}
    assert (await posted(stage, part(PNG) + b"--xyz--\r\n", **kind)).status_code == 201


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('form-data; name="file"', None),
        ('form-data; name="file"; filename=""', None),
        ('form-data; name="file"; filename="../../etc/passwd"', "passwd"),
        ('form-data; name="file"; filename="C:\\fakepath\\bolo.png"', "bolo.png"),
        ('form-data; name="file"; filename="bolo de maçã.png"', "bolo de maçã.png"),
        ('form-data; name="file"; filename="a\x00b.png"', "ab.png"),
        ('form-data; name="file"; filename="' + "x" * 3000 + '.png"', "x" * 146 + ".png"),
    ],
)
async def test_any_name_is_kept_as_a_harmless_one(
    stage: HttpStage, account: str, disposition: str, name: str | None
) -> None:
    answer = await posted(stage, part(PNG, disposition) + b"--xyz--\r\n")
    assert answer.status_code == 201, answer.text
    sent = await send(stage, account, {"type": "image", "media_id": answer.json()["id"]})
    assert sent.json()["attachments"][0]["name"] == name


async def test_25_mib_are_taken_and_a_byte_more_is_413(stage: HttpStage) -> None:
    whole = PNG + bytes(MAX_BYTES - len(PNG))
    kept = await upload(stage, whole)
    assert (kept.status_code, kept.json()["size"]) == (201, MAX_BYTES)
    answer = await upload(stage, whole + b"\x00")
    assert (answer.status_code, answer.json()["code"]) == (413, "media_too_large")


async def test_what_is_declared_too_large_is_refused_unread(stage: HttpStage) -> None:
    answer = await posted(stage, b"--xyz", **{"Content-Length": str(10**12)})
    assert (answer.status_code, answer.json()["code"]) == (413, "media_too_large")


@pytest.mark.parametrize("begin", [part(b"").removesuffix(b"\r\n"), b"--xyz--\r\n"])
async def test_a_body_without_end_is_cut_off(stage: HttpStage, begin: bytes) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        yield begin
        while True:
            given += 1024 * 1024
            yield bytes(1024 * 1024)

    answer = await asyncio.wait_for(posted(stage, endless()), 20)
    assert answer.status_code in (400, 413)
    assert given <= 28 * 1024 * 1024


async def test_a_body_that_trickles_is_408_and_leaves_its_place(
    stage: HttpStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trickling() -> AsyncIterator[bytes]:
        yield part(b"").removesuffix(b"\r\n")
        while True:
            await asyncio.sleep(0.01)
            yield b"a"

    monkeypatch.setattr("meta_inbox.adapters.http.uploads.READ_WITHIN", 0.1)
    for _ in range(OF_ONE_TENANT + 1):
        answer = await asyncio.wait_for(posted(stage, trickling()), 5)
        assert (answer.status_code, answer.json()["code"]) == (408, "request_timeout")
    assert (await upload(stage)).status_code == 201


async def test_a_store_that_does_not_answer_is_503(stage: HttpStage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise StorageUnavailable("the disk is full")

    monkeypatch.setattr(type(stage.blobs), "put", full)
    answer = await upload(stage)
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")


async def test_two_tenants_cannot_take_all_the_room(
    stage: HttpStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, going = asyncio.Event(), 0
    plain = type(stage.blobs).put

    async def slow(*given: Any) -> None:
        nonlocal going
        going += 1
        await go.wait()
        await plain(*given)

    monkeypatch.setattr(type(stage.blobs), "put", slow)
    tasks = [
        asyncio.create_task(upload(stage, token=stage.token(tenant)))
        for tenant in ("casa-verde", "rival")
        for _ in range(OF_ONE_TENANT)
    ]
    await eventually(lambda: going == len(tasks))
    refused = await upload(stage)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["retry-after"] == "2"
    third = [asyncio.create_task(upload(stage, token=stage.token("third"))) for _ in range(OF_ONE_TENANT)]
    await eventually(lambda: going == AT_ONCE)
    monkeypatch.setattr("meta_inbox.adapters.http.uploads.PATIENCE", 0.05)
    crowded = await upload(stage, token=stage.token("fourth"))
    assert (crowded.status_code, crowded.json()["code"]) == (503, "unavailable")
    go.set()
    assert {answer.status_code for answer in await asyncio.gather(*tasks, *third)} == {201}
    assert (await upload(stage)).status_code == 201


async def test_the_options_of_the_address_are_told(stage: HttpStage) -> None:
    async with stage.client() as caller:
        answer = await caller.get(MEDIA)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
