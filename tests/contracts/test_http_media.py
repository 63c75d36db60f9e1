"""Files over HTTP: by token or by signed address, whole or in parts, and never as a page of ours."""

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from meta_inbox.domain.errors import GraphUnavailable, LinkBarred
from meta_inbox.domain.model.media import FetchedFile
from tests.contracts.http_stage import BASE, CRM, HttpStage

URL = "https://scontent.xx.fbcdn.net/v/a.jpg?signature=canary"
CONTENT = bytes(range(256)) * 4
PHOTO = FetchedFile(content=CONTENT, content_type="image/jpeg", width=40, height=30)


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


async def shown(stage: HttpStage) -> dict[str, Any]:
    """The newest message as the API shows it."""
    async with stage.client() as caller:
        account = (await caller.get("/api/meta/accounts")).json()["accounts"][0]["id"]
        answer = await caller.get(f"/api/meta/messages/{account}/7001")
        assert "fbcdn" not in answer.text
        listed = await caller.get(f"/api/meta/conversations/{account}")
        assert "fbcdn" not in listed.text
    message: dict[str, Any] = answer.json()["messages"][0]
    return message


async def photo(stage: HttpStage, found: FetchedFile | Exception = PHOTO, **sent: Any) -> dict[str, Any]:
    """Ana sent a photo, and it was fetched; the attachment as the API shows it."""
    stage.source.files[URL] = found
    await stage.connects()
    await stage.contact_sends(URL, **sent)
    await stage.inbox.upkeep.fetch_media()
    attachment: dict[str, Any] = (await shown(stage))["attachments"][0]
    return attachment


async def get(stage: HttpStage, url: str, **headers: str) -> httpx.Response:
    """As a browser loads a picture: without a token."""
    async with stage.client(anonymous=True) as browser:
        return await browser.get(url, headers=headers)


async def test_the_address_that_the_api_gives_is_ours_and_opens_the_file(stage: HttpStage) -> None:
    attachment = await photo(stage)
    assert {key: attachment[key] for key in ("type", "state", "content_type", "size", "width", "height")} == {
        "type": "image",
        "state": "stored",
        "content_type": "image/jpeg",
        "size": 1024,
        "width": 40,
        "height": 30,
    }
    assert attachment["url"].startswith(f"{BASE}/media/{attachment['id']}?exp=")
    answer = await get(stage, attachment["url"])
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == "1024"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "private, max-age=600"
    assert answer.headers["content-disposition"].startswith("inline; filename=")


async def test_a_token_opens_it_as_well(stage: HttpStage) -> None:
    attachment = await photo(stage)
    async with stage.client() as caller:
        answer = await caller.get(f"/api/meta/media/{attachment['id']}")
    assert (answer.status_code, answer.content) == (200, CONTENT)


async def test_without_either_it_is_401(stage: HttpStage) -> None:
    attachment = await photo(stage)
    url = urlsplit(str(attachment["url"]))
    path, query = url.path, url.query
    changed = query[:-2] + ("AA" if not query.endswith("AA") else "BB")
    for tried in (path, f"{path}?{changed}", f"{path}?{query.split('&')[0]}", f"{path}?exp=1&sig=x"):
        answer = await get(stage, tried)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), tried
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_an_address_ends_within_the_hour(stage: HttpStage) -> None:
    attachment = await photo(stage)
    stage.passes(minutes=29)
    assert (await get(stage, attachment["url"])).status_code == 200
    stage.passes(minutes=32)
    assert (await get(stage, attachment["url"])).status_code == 401
    async with stage.client() as caller:  # the token beside it still opens the file
        assert (await caller.get(attachment["url"])).status_code == 200


async def test_an_address_opens_no_other_file(stage: HttpStage) -> None:
    attachment = await photo(stage)
    other = "0192f0a0-0000-7000-8000-000000000001"
    assert (await get(stage, attachment["url"].replace(attachment["id"], other))).status_code == 401


@pytest.mark.parametrize(
    "id_", ["0192f0a0-0000-7000-8000-000000000001", "x", "%00", "..%2F..%2Fetc%2Fpasswd"]
)
async def test_what_is_unknown_or_odd_is_404(stage: HttpStage, id_: str) -> None:
    await photo(stage)
    async with stage.client() as caller:
        answer = await caller.get(f"/api/meta/media/{id_}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_another_tenants_file_is_404_like_an_unknown_one(stage: HttpStage) -> None:
    attachment = await photo(stage)
    async with stage.client(stage.token("rival")) as rival:
        foreign = await rival.get(f"/api/meta/media/{attachment['id']}")
        unknown = await rival.get("/api/meta/media/0192f0a0-0000-7000-8000-000000000001")
    assert (foreign.status_code, foreign.json()) == (404, unknown.json())


async def test_a_scope_is_needed(stage: HttpStage) -> None:
    attachment = await photo(stage)
    async with stage.client(stage.token(scope="messages:send accounts:manage")) as caller:
        answer = await caller.get(f"/api/meta/media/{attachment['id']}")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_a_file_that_is_not_here_says_why(stage: HttpStage) -> None:
    await stage.connects()
    stage.source.files["https://evil.example/a"] = LinkBarred("no")
    await stage.contact_sends(URL, mid="m_1")
    pending = (await shown(stage))["attachments"][0]
    assert pending["state"] == "pending"
    answer = await get(stage, pending["url"])
    assert (answer.status_code, answer.json()["code"]) == (404, "media_pending")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    await stage.inbox.upkeep.fetch_media()
    assert (await get(stage, pending["url"])).json()["code"] == "media_expired"
    stage.passes(seconds=1)
    await stage.contact_sends("https://evil.example/a", mid="m_2")
    await stage.inbox.upkeep.fetch_media()
    refused = (await shown(stage))["attachments"][0]
    assert refused["state"] == "refused"
    assert (await get(stage, refused["url"])).json()["code"] == "media_refused"


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-0", 206, 0, 0),
        ("bytes=0-1023", 206, 0, 1023),
        ("bytes=10-19", 206, 10, 19),
        ("bytes=1000-", 206, 1000, 1023),
        ("bytes=1000-99999", 206, 1000, 1023),
        ("bytes=-24", 206, 1000, 1023),
        ("bytes=-99999", 206, 0, 1023),
        ("bytes=5-1", 200, 0, 1023),
        ("bytes=a-b", 200, 0, 1023),
        ("bytes=-", 200, 0, 1023),
        ("bytes=0-1,5-6", 200, 0, 1023),
        ("items=0-1", 200, 0, 1023),
        ("bytes=" + "9" * 40 + "-", 200, 0, 1023),
    ],
)
async def test_parts_are_served(stage: HttpStage, asked: str, status: int, first: int, last: int) -> None:
    attachment = await photo(stage)
    answer = await get(stage, attachment["url"], Range=asked)
    assert (answer.status_code, answer.content) == (status, CONTENT[first : last + 1])
    assert answer.headers["content-length"] == str(last - first + 1)
    expected = f"bytes {first}-{last}/1024" if status == 206 else None
    assert answer.headers.get("content-range") == expected


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
async def test_a_part_that_is_outside_is_416(stage: HttpStage, asked: str) -> None:
    attachment = await photo(stage)
    answer = await get(stage, attachment["url"], Range=asked)
    assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == "bytes */1024"


@pytest.mark.parametrize(
    ("content_type", "shown_inline", "ending"),
    [
        *[(kind, True, ending) for kind, ending in (
            ("image/jpeg", "jpg"), ("image/png", "png"), ("image/gif", "gif"), ("image/webp", "webp"),
            ("video/mp4", "mp4"), ("audio/mpeg", "mp3"), ("audio/mp4", "m4a"), ("audio/aac", "aac"),
            ("audio/ogg", "ogg"), ("application/pdf", "pdf"))],
        ("video/quicktime", False, "mov"), ("video/webm", False, "webm"),
        ("application/octet-stream", False, "bin"),
    ],
)  # fmt: skip
async def test_what_is_not_known_to_be_safe_is_a_download(
    stage: HttpStage, content_type: str, *, shown_inline: bool, ending: str
) -> None:
    attachment = await photo(stage, FetchedFile(content=b"x", content_type=content_type))
    answer = await get(stage, attachment["url"])
    assert answer.headers["content-type"] == content_type
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("inline; " if shown_inline else "attachment; ")
    assert f'.{ending}"' in disposition


@pytest.mark.parametrize(
    ("title", "plain", "encoded"),
    [
        ("cake.png", "cake.jpg", "cake.jpg"),
        ("bolo de maçã.jpg", "bolo de ma__.jpg", "bolo%20de%20ma%C3%A7%C3%A3.jpg"),
        ('a"; filename="evil.exe', "a__ filename=_evil.jpg", "a__%20filename%3D_evil.jpg"),
        ("a\r\nSet-Cookie: x=1", "a__Set-Cookie_ x_1.jpg", "a__Set-Cookie_%20x_1.jpg"),
        ("../../etc/passwd", "etc_passwd.jpg", "etc_passwd.jpg"),
        ("x" * 300, "x" * 80 + ".jpg", "x" * 80 + ".jpg"),
        ("...", None, None),
    ],
)
async def test_its_name_is_harmless(
    stage: HttpStage, title: str, plain: str | None, encoded: str | None
) -> None:
    attachment = await photo(stage, title=title)
    disposition = (await get(stage, attachment["url"])).headers["content-disposition"]
    assert disposition.count('"') == 2
    assert disposition.isascii()
    assert disposition.isprintable()
    if plain is not None:
        name = plain.replace("=", "_")
        assert f'filename="{name}"' in disposition
        assert disposition.endswith(f"''{(encoded or '').replace('%3D', '_')}")
    else:
        assert 'filename="image-' in disposition


async def test_other_origins_may_show_it_where_there_are_any() -> None:
    for origins, wanted in (
        (("http://127.0.0.1:8000",), "same-origin"),
        ((), "same-origin"),
        ((CRM,), "cross-origin"),
    ):
        stage = HttpStage(frontend_origins=origins)
        attachment = await photo(stage)
        answer = await get(stage, attachment["url"])
        assert answer.headers["cross-origin-resource-policy"] == wanted


async def test_a_page_has_no_address_of_ours(stage: HttpStage) -> None:
    await stage.connects()
    await stage.contact_sends("https://www.instagram.com/p/x", kind="share", title="A post")
    (attachment,) = (await shown(stage))["attachments"]
    assert (attachment["url"], attachment["state"], attachment["name"]) == (None, "refused", "A post")


async def test_a_story_is_shown_by_our_address_alone_until_it_is_gone(stage: HttpStage) -> None:
    stage.source.files[URL] = PHOTO
    await stage.connects()
    await stage.contact_sends(URL, kind="story_mention")
    await stage.inbox.upkeep.fetch_media()
    message = await shown(stage)
    assert message["story"] == {
        "id": None,
        "kind": "mention",
        "url": message["attachments"][0]["url"],
        "expired": False,
    }
    answer = await get(stage, message["story"]["url"])
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["cache-control"] == "private, no-store"
    assert stage.blobs.kept == {}
    stage.source.files.clear()
    gone = await get(stage, message["story"]["url"])
    assert (gone.status_code, gone.json()["code"]) == (404, "media_expired")
    assert (await shown(stage))["story"]["expired"] is True


async def test_a_reply_to_a_story_has_the_storys_file(stage: HttpStage) -> None:
    stage.source.files[URL] = PHOTO
    await stage.connects()
    await stage.contact_sends(mid="m_1", text="wow", reply_to={"story": {"id": "5", "url": URL}})
    story = (await shown(stage))["story"]
    assert (story["id"], story["kind"], story["expired"]) == ("5", "reply", False)
    assert (await get(stage, story["url"])).content == CONTENT


async def test_a_cdn_that_does_not_answer_is_503_and_no_verdict(stage: HttpStage) -> None:
    stage.source.files[URL] = GraphUnavailable("down")
    await stage.connects()
    await stage.contact_sends(URL, kind="story_mention")
    url = (await shown(stage))["story"]["url"]
    answer = await get(stage, url)
    assert (answer.status_code, answer.json()["code"]) == (503, "meta_unavailable")
    assert "canary" not in answer.text
    stage.source.files[URL] = PHOTO
    assert (await get(stage, url)).status_code == 200


async def test_an_unknown_parameter_is_400(stage: HttpStage) -> None:
    attachment = await photo(stage)
    answer = await get(stage, attachment["url"] + "&download=1")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_many_files_may_be_looked_at_by_signed_addresses() -> None:
    stage = HttpStage(rate_limit=8)
    attachment = await photo(stage)
    answers = [(await get(stage, attachment["url"])).status_code for _ in range(10)]
    assert answers == [200] * 8 + [429] * 2  # one file as often as one person may ask, whoever asked before
