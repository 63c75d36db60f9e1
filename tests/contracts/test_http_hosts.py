"""The API inside real host applications, behind their own login."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from meta_inbox import FakeMeta, Settings, open_inbox
from meta_inbox.adapters.http.asgi import ASGIApp, Scope
from tests.contracts.hosts import HOSTS, Who
from tests.contracts.live_socket import Socket

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture(params=sorted(HOSTS))
def host(request: pytest.FixtureRequest) -> tuple[Callable[[ASGIApp], ASGIApp], Who]:
    """How an app of this kind is made, and whom its login lets in."""
    return HOSTS[request.param]


async def test_the_hosts_own_login_says_who_calls(host: tuple[Callable[[ASGIApp], ASGIApp], Who]) -> None:
    make, who = host
    async with open_inbox(Settings.in_memory()) as inbox:
        app = make(inbox.asgi(identity=who))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as browser:
            assert (await browser.get("/x/api/meta/accounts")).status_code == 401
            assert (await browser.post("/login")).is_success
            assert (await browser.get("/x/api/meta/accounts")).json() == {"accounts": []}
            assert (await browser.get("/x/health/live")).status_code == 200
            assert (await browser.get("/x/nowhere")).json()["code"] == "not_found"


async def test_a_login_begins_and_comes_back_below_the_mount(
    host: tuple[Callable[[ASGIApp], ASGIApp], Who],
) -> None:
    make, who = host
    meta = FakeMeta()
    below = {"meta_oauth_redirect_uri": f"{ORIGIN}/x/api/meta/oauth/callback"}
    settings = replace(Settings.in_memory(meta), meta_instagram_oauth_redirect_uri=None, **below)
    async with open_inbox(settings) as inbox:
        app = make(inbox.asgi(identity=who))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as browser:
            await browser.post("/login")
            begun = (await browser.get("/x/api/meta/oauth/start")).json()["authorization_url"]
            sent = await browser.get(begun)
            back = await browser.get(meta.approve(sent.headers["location"]))
    assert begun.startswith(f"{ORIGIN}/x/")
    assert "#completion=" in back.text


async def test_a_browser_follows_what_happens_through_the_mount(
    host: tuple[Callable[[ASGIApp], ASGIApp], Who],
) -> None:
    make, who = host
    async with open_inbox(Settings.in_memory()) as inbox:
        app = make(inbox.asgi(identity=who))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as browser:
            await browser.post("/login")
            ticket = (await browser.post("/x/api/meta/live/tickets")).json()["ticket"]
        async with connected(app, f"ticket={ticket}") as socket:
            assert (await socket.event())["type"] == "websocket.accept"
            assert (await socket.frame())["type"] == "ready"


@asynccontextmanager
async def connected(app: ASGIApp, query: str) -> AsyncGenerator[Socket]:
    """A browser that opens the live connection, in as many words as frameworks want to hear."""
    socket = Socket()
    scope: Scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "path": "/x/api/meta/live",
        "raw_path": b"/x/api/meta/live",
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1:8000")],
        "subprotocols": [],
        "extensions": {},
        "state": {},
    }

    async def serve() -> None:
        await app(scope, socket.receive, socket.send)

    serving = asyncio.create_task(serve())
    try:
        yield socket
    finally:
        socket.leaves()
        await serving
