"""The API inside real host applications, behind their own login."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from meta_inbox import FakeMeta, Settings, open_inbox
from meta_inbox.adapters.http.asgi import ASGIApp, Event, Receive, Scope, Send
from tests.contracts.hosts import HOSTS, Who

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture(params=sorted(HOSTS))
def host(request: pytest.FixtureRequest) -> tuple[Callable[[ASGIApp], ASGIApp], Who]:
    """How an app of this kind is made, and whom its login lets in."""
    return HOSTS[request.param]


class Seen:
    """What is mounted, and the connections that came through the mount."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await self._app(scope, receive, send)


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


async def test_a_websocket_comes_through_the_mount(host: tuple[Callable[[ASGIApp], ASGIApp], Who]) -> None:
    make, who = host
    async with open_inbox(Settings.in_memory()) as inbox:
        seen = Seen(inbox.asgi(identity=who))
        told = await opened(make(seen), "/x/api/meta/live")
    (scope,) = seen.scopes
    assert scope["type"] == "websocket"
    assert scope["path"].removeprefix(scope.get("root_path", "")).rstrip("/") == "/api/meta/live"
    assert told


async def opened(app: ASGIApp, path: str) -> list[Event]:
    """What an app says to a browser that opens a WebSocket without a ticket, up to its refusal."""
    told: list[Event] = []
    scope: Scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8000")],
        "subprotocols": [],
        "extensions": {},
        "state": {},
    }

    async def receive() -> Event:
        return {"type": "websocket.disconnect", "code": 1006} if told else {"type": "websocket.connect"}

    async def send(event: Event) -> None:
        told.append(event)

    await app(scope, receive, send)
    return told
