"""The short way of webhooks through our own server: what takes it, what does not, and how it ends."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from tests.contracts.server_client import Served, get, post, serving

SIGNED = "X-Hub-Signature-256: sha256=abc"
OPTIONS = {"lane": True, "limits": {"request_seconds": 0.5, "keep_alive_seconds": 0.5}}


@pytest.fixture
async def server() -> AsyncIterator[Served]:
    """A server with a lane at ``/hatch``; any other way to that address echoes the path."""
    async with serving(**OPTIONS) as served:
        yield served


def webhook(body: bytes, *fields: str) -> bytes:
    """A webhook as Meta sends it."""
    return post("/hatch", SIGNED, f"Content-Length: {len(body)}", *fields, body=body)


async def test_a_webhook_takes_the_lane_and_is_told_what_is_needed(server: Served) -> None:
    answer = await server.ask(webhook(b"hello"))
    assert (answer.status, answer.headers["x-way"], answer.body) == (200, "hatch", b"")
    assert "date" in answer.headers
    await server.hears("stores 5 sha256=abc")
    await server.hears("stored True")


async def test_a_connection_serves_one_webhook_after_the_other_and_other_requests_between(
    server: Served,
) -> None:
    async with server.connected() as raw:
        for _ in range(3):
            assert (await raw.ask(webhook(b"hello"))).headers["x-way"] == "hatch"
            assert (await raw.ask(get("/other"))).body == b"/other"


async def test_a_body_that_comes_in_pieces_is_whole(server: Served) -> None:
    async with server.connected() as raw:
        request = webhook(b"x" * 100_000)
        for start in range(0, len(request), 9_000):
            await raw.write(request[start : start + 9_000])
            await asyncio.sleep(0.005)
        assert (await raw.answer()).headers["x-way"] == "hatch"
    await server.hears("stores 100000 sha256=abc")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [(b"wrong", 401, b"signature_invalid"), (b"lost", 503, b"storage_unavailable")],
)
async def test_a_webhook_that_is_refused_is_told_why_and_the_connection_goes_on(
    server: Served, body: bytes, status: int, said: bytes
) -> None:
    async with server.connected() as raw:
        refused = await raw.ask(webhook(body))
        assert (refused.status, refused.body) == (status, said)
        assert (await raw.ask(webhook(b"hello"))).status == 200


@pytest.mark.parametrize(
    "request_",
    [
        post("/hatch", SIGNED, "Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n"),
        post("/hatch", SIGNED, SIGNED, "Content-Length: 5", body=b"hello"),
        post("/hatch", "Content-Length: 5", body=b"hello"),
        post("/hatch", SIGNED, "Content-Encoding: gzip", "Content-Length: 5", body=b"hello"),
        post("/hatch", SIGNED, "Content-Length: 262145", body=b"x" * 262_145),
        post("/hatch?a=b", SIGNED, "Content-Length: 5", body=b"hello"),
        post("/hatch", SIGNED, "Connection: close", "Content-Length: 5", body=b"hello"),
        get("/hatch"),
    ],
    ids=["chunked", "two signatures", "no signature", "compressed", "large", "a query", "closing", "a GET"],
)
async def test_what_is_out_of_the_ordinary_goes_the_usual_way(server: Served, request_: bytes) -> None:
    answer = await server.ask(request_)
    assert (answer.status, answer.body) == (200, b"/hatch")
    assert "x-way" not in answer.headers


async def test_pipelined_webhooks_are_each_stored_and_answered_in_order(server: Served) -> None:
    async with server.connected() as raw:
        await raw.write(webhook(b"wait0.1") + webhook(b"wrong") + get("/third") + webhook(b"hello"))
        answers = [await raw.answer() for _ in range(4)]
    assert [(one.status, one.body) for one in answers][::2] == [(200, b""), (200, b"/third")]
    assert answers[1].status == 200  # behind another it goes the usual way, where nothing is wrong with it
    assert answers[3].status == 200


async def test_half_a_body_is_408_and_nothing_is_stored(server: Served) -> None:
    async with server.connected() as raw:
        await raw.write(post("/hatch", SIGNED, "Content-Length: 50", body=b"half"))
        assert (await raw.answer()).status == 408
        await raw.closed()
    await server.stopped()
    assert not [line for line in await server.rest() if line.startswith("stores")]


async def test_storing_may_take_longer_than_a_request_may_take_to_arrive(server: Served) -> None:
    assert (await server.ask(webhook(b"wait1.2"))).status == 200


async def test_who_hangs_up_while_it_is_stored_harms_nobody(server: Served) -> None:
    async with server.connected() as raw:
        await raw.write(webhook(b"wait0.2"))
        await server.hears("stores 7 sha256=abc")
    await server.hears("stored True")
    assert (await server.ask(webhook(b"hello"))).status == 200


async def test_a_server_that_is_told_to_stop_answers_what_is_being_stored(server: Served) -> None:
    async with server.connected() as raw:
        await raw.write(webhook(b"wait0.3"))
        await server.hears("stores 7 sha256=abc")
        server.process.send_signal(signal.SIGTERM)
        answer = await raw.answer()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        await raw.closed()
    async with asyncio.timeout(8):
        assert await server.process.wait() == 0
