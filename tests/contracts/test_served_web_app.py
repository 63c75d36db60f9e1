"""What our own server shows beside the API, and what it says when it cannot."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from meta_inbox import FakeMeta, Settings
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints import served
from meta_inbox.entrypoints.served import ServedInbox
from tests.harness.service import JWT_SECRET


@asynccontextmanager
async def serving() -> AsyncGenerator[httpx.AsyncClient]:
    """Between the two ends of its lifespan."""
    settings = replace(Settings.in_memory(meta=FakeMeta()), auth_jwt_secret=Secret(JWT_SECRET))
    app: Any = ServedInbox(settings, jobs=False, closing=asyncio.Event())
    to_app: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    from_app: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    living = asyncio.create_task(app({"type": "lifespan"}, to_app.get, from_app.put))
    await to_app.put({"type": "lifespan.startup"})
    assert (await asyncio.wait_for(from_app.get(), 10))["type"] == "lifespan.startup.complete"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as browser:
        yield browser
    await to_app.put({"type": "lifespan.shutdown"})
    await living


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The garbage collector of this process stays as it is."""
    monkeypatch.setattr(served, "settle_memory", lambda: None)


async def test_it_shows_the_web_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "built_app", lambda: {"/index.html": b"<!doctype html>oi"})
    with capture_logs() as told:
        async with serving() as browser:
            answer = await browser.get("/inbox/0199/7001")
            alive = await browser.get("/health/live")
    assert (answer.text, alive.status_code) == ("<!doctype html>oi", 200)
    assert not [line for line in told if line["event"] == "web_app_not_built"]


async def test_it_says_once_that_it_was_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "built_app", dict)
    with capture_logs() as told:
        async with serving() as browser:
            answer = await browser.get("/")
            alive = await browser.get("/health/live")
    assert (answer.status_code, alive.status_code) == (404, 200)
    assert [line["log_level"] for line in told if line["event"] == "web_app_not_built"] == ["warning"]
