"""The web app at ``/`` of our own server, beside the API and out of its way."""

import gzip
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from meta_inbox.adapters.http.web_build import found_below
from tests.contracts.http_stage import CRM, HttpStage

PAGE = (
    """<!doctype html>
<link rel="icon" href="/favicon.svg"><script type="module" src="./assets/app-1a2b.js"></script>
<a href="//elsewhere.example/">"""
    + "<!-- long -->" * 60
)
SCRIPT = "console.log('oi');" * 100
OURS = ["/", "/connections", "/inbox", "/inbox/", "/inbox/0199/7001", "/canned-replies", "/whatever/else"]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self' ws://127.0.0.1:8000; "
    "worker-src 'self' blob:; manifest-src 'self'; "
    f"base-uri 'none'; form-action 'none'; frame-ancestors {CRM}"
)


@pytest.fixture
def build(tmp_path: Path) -> dict[str, bytes]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "app-1a2b.js").write_text(SCRIPT)
    (tmp_path / "assets" / "some-3c4d.bin").write_bytes(b"\x00" * 2000)
    (tmp_path / "assets" / "letters-5e6f.woff2").write_bytes(b"letters" * 200)
    return dict(found_below(tmp_path))


@pytest.fixture
def stage(build: dict[str, bytes]) -> HttpStage:
    return HttpStage(web=build)


@pytest.mark.parametrize("path", OURS)
async def test_every_address_of_the_apps_own_is_its_page(stage: HttpStage, path: str) -> None:
    async with stage.client(anonymous=True) as browser:
        answer = await browser.get(path)
        head = await browser.head(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<script type="module" src="/assets/app-1a2b.js">' in answer.text
    assert '="//elsewhere.example/"' in answer.text
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == answer.headers["content-length"]


async def test_the_page_says_what_it_may_load_and_who_may_frame_it(stage: HttpStage) -> None:
    async with stage.client(anonymous=True) as browser:
        told = (await browser.get("/", headers={"Origin": CRM})).headers
    assert told["content-security-policy"] == POLICY
    assert told["cache-control"] == "no-cache"
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "no-referrer"
    assert told["permissions-policy"] == "microphone=(self), camera=(), geolocation=()"
    assert told["cross-origin-opener-policy"] == "same-origin-allow-popups"
    assert told["vary"] == "Accept-Encoding"
    assert "access-control-allow-origin" not in told


async def test_by_https_the_live_connection_is_wss(build: dict[str, bytes]) -> None:
    stage = HttpStage(web=build, base_url="https://inbox.example/x/api/meta", frontend_origins=())
    async with stage.client(anonymous=True) as browser:
        answer = await browser.get("/inbox/0199/7001")
    policy = answer.headers["content-security-policy"]
    assert "connect-src 'self' wss://inbox.example;" in policy
    assert policy.endswith("frame-ancestors https://inbox.example")
    assert 'src="/x/assets/app-1a2b.js"' in answer.text, "behind the proxy's path"
    assert 'href="/x/favicon.svg"' in answer.text


async def test_what_has_its_digest_in_its_name_is_kept_for_a_year(stage: HttpStage) -> None:
    async with stage.client(anonymous=True) as browser:
        script = await browser.get("/assets/app-1a2b.js")
        icon = await browser.get("/favicon.svg")
    assert script.text == SCRIPT
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-security-policy"] == POLICY, "a worker is bound by its script's own"
    assert icon.headers["content-type"] == "image/svg+xml"
    assert icon.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP;q=0.1", True),
        ("identity, gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("br", False),
        ("", False),
    ],
)
async def test_it_goes_packed_to_whoever_takes_that(stage: HttpStage, accepted: str, packed: bool) -> None:
    async with stage.client(anonymous=True) as browser:
        path = "/assets/app-1a2b.js"
        async with browser.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
            body = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert (gzip.decompress(body) if packed else body).decode() == SCRIPT
    assert int(answer.headers["content-length"]) == len(body)
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/assets/letters-5e6f.woff2", "/favicon.svg"])
async def test_what_would_not_become_smaller_goes_as_it_is(stage: HttpStage, path: str) -> None:
    async with stage.client(anonymous=True) as browser:
        answer = await browser.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
async def test_what_a_browser_has_is_not_sent_again(stage: HttpStage, accepted: str) -> None:
    async with stage.client(anonymous=True) as browser:
        browser.headers["Accept-Encoding"] = accepted
        first = await browser.get("/inbox")
        tag = first.headers["etag"]
        for known in (tag, f'"other", W/{tag}', "*"):
            again = await browser.get("/", headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b""), known
            assert again.headers["etag"] == tag
            assert again.headers["cache-control"] == "no-cache"
        changed = await browser.get("/", headers={"If-None-Match": '"other"'})
        other = await browser.get("/", headers={"Accept-Encoding": "identity", "If-None-Match": tag})
    assert changed.status_code == 200
    assert other.status_code == (304 if accepted == "identity" else 200), "each form has a tag of its own"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/app-0000.js",
        "/nothing.png",
        "/.env",
        "/assets/..",
        "/assets/../../web_app.py",
        "/assets/%2e%2e/%2e%2e/web_app.py",
        "/..%2f..%2f__init__.py",
        "//etc/passwd.txt",
        "/assets/\x00.js",
    ],
)
async def test_no_other_file_is_there(stage: HttpStage, path: str) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event: Any) -> None:
        sent.append(event)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
    }
    await stage.app(scope, receive, send)  # as a server that mends nothing passes it on
    assert sent[0]["status"] == 404
    assert b"not_found" in sent[1]["body"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/inbox", "/assets/app-1a2b.js"])
async def test_it_is_only_read(stage: HttpStage, method: str, path: str) -> None:
    async with stage.client(anonymous=True) as browser:
        answer = await browser.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    "path", ["/api/meta", "/api/meta/nowhere", "/api/nowhere", "/health", "/health/live", "/metrics/x"]
)
async def test_the_api_is_as_it_was(stage: HttpStage, path: str) -> None:
    async with stage.client() as caller, HttpStage().client() as alone:
        there, without = await caller.get(path), await alone.get(path)
    assert (there.status_code, there.headers["content-type"]) == (
        without.status_code,
        without.headers["content-type"],
    )
    assert not there.headers["content-type"].startswith("text/html")
    assert there.headers["cross-origin-opener-policy"] == "same-origin"


async def test_a_hosts_api_has_no_web_app() -> None:
    async with HttpStage().client(anonymous=True) as browser:
        for path in OURS:
            assert (await browser.get(path)).status_code == 404


async def test_where_it_was_not_built_it_says_how_to(tmp_path: Path) -> None:
    assert found_below(tmp_path / "web") == {}
    async with HttpStage(web={}).client(anonymous=True) as browser:
        answer = await browser.get("/inbox")
        file = await browser.get("/assets/app-1a2b.js")
        alive = await browser.get("/health/live")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert "make run" in answer.text
    assert "http://127.0.0.1:8000/api/meta" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert (file.status_code, alive.status_code) == (404, 200)


async def test_operators_see_pages_and_files_and_no_address(stage: HttpStage) -> None:
    async with stage.client(anonymous=True) as browser:
        await browser.get("/inbox/0199/somebody")
        await browser.get("/assets/app-1a2b.js")
        await browser.get("/nothing.png")
        counted = (await browser.get("/metrics")).text
    assert 'route="/",status="200"' in counted
    assert 'route="/assets",status="200"' in counted
    assert "somebody" not in counted
    assert "nothing.png" not in counted
