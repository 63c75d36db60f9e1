"""What the real client concludes when HTTP itself goes wrong, on sockets of this machine."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from meta_inbox.adapters.meta_graph.exchange import BODY_LIMIT, Lost, NotSent, Request
from meta_inbox.adapters.meta_graph.transport import HttpTransport
from meta_inbox.domain.errors import GraphUnavailable
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Later, Outcome, Unknown
from tests.contracts.meta_stage import BY_PAGE, Stage, account, opened

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
TOKEN = Secret("EAAB-made-up-token")
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@asynccontextmanager
async def listening(answer: Answering) -> AsyncGenerator[str]:
    """A server that does with each connection as it likes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def saying(*pieces: bytes, pause: float = 0.0) -> Answering:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with opened("http") as stage:
        yield stage


async def sent_to(stage: Stage, url: str) -> Outcome:
    stage.calls = replace(stage.calls, base_url=url)
    return await stage.send(TOKEN, stage.contact())


async def closed_port() -> str:
    async with listening(silence) as url:
        return url


async def test_a_refused_connection_is_certainly_not_sent(stage: Stage) -> None:
    outcome = await sent_to(stage, await closed_port())
    assert isinstance(outcome, Later)
    assert outcome.error.code == "meta_unavailable"


@pytest.mark.parametrize(
    "url", ["http://meta.invalid", "ftp://127.0.0.1", "http://", "nonsense", "http://[::"]
)
async def test_an_address_that_leads_nowhere_is_certainly_not_sent(stage: Stage, url: str) -> None:
    assert isinstance(await sent_to(stage, url), Later)


PARTIAL = {
    "reset at once": reset,
    "silence": silence,
    "closed without an answer": saying(b""),
    "half a status line": saying(b"HTTP/1.1 2"),
    "no HTTP": saying(b"220 smtp.example ESMTP\r\n"),
    "half the headers": saying(OK),
    "half the body": saying(OK + b'Content-Length: 100\r\n\r\n{"message_id":'),
    "a broken chunk": saying(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "a drip": saying(OK + b"Content-Length: 100\r\n\r\n", *[b" "] * 50, pause=0.1),
    "headers one by one": saying(OK, *[b"X-A: b\r\n"] * 50, pause=0.1),
    "too long": saying(OK + b"\r\n" + b'{"message_id":"m_1"}' + b" " * (BODY_LIMIT + 1)),
    "compressed": saying(
        OK + b"Content-Encoding: br\r\nContent-Length: 20\r\n\r\n" + b'{"message_id":"m_1"}'
    ),
    "an empty body": saying(OK + b"Content-Length: 0\r\n\r\n"),
    "no message id": saying(OK + b"Content-Length: 2\r\n\r\n{}"),
    "a message id that is no text": saying(OK + b'Content-Length: 18\r\n\r\n{"message_id":[1]}'),
}


@pytest.mark.parametrize("answer", PARTIAL.values(), ids=PARTIAL.keys())
async def test_whatever_happens_after_the_first_byte_leaves_doubt(stage: Stage, answer: Answering) -> None:
    stage.hurry()
    begun = time.monotonic()
    async with listening(answer) as url:
        outcome = await sent_to(stage, url)
    assert isinstance(outcome, Unknown)
    assert time.monotonic() - begun < 2.5


async def test_a_read_that_fails_is_graph_unavailable(stage: Stage) -> None:
    async with listening(reset) as url:
        stage.calls = replace(stage.calls, base_url=url)
        with pytest.raises(GraphUnavailable):
            await stage.api.inspect(account(), TOKEN)


async def test_secrets_travel_in_headers_and_bodies_only(stage: Stage) -> None:
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK + b"Set-Cookie: seen=1; Path=/\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()

    async with listening(answer) as url:
        stage.calls = replace(stage.calls, base_url=url)
        await sent_to(stage, url)
        await stage.api.subscribed_fields(BY_PAGE, TOKEN)
        await stage.calls.exchange({"code": "the-code", "redirect_uri": "https://crm.example"})
    assert len(heads) == 3
    for head in heads:
        first, _, rest = head.partition(b"\r\n")
        assert TOKEN.reveal().encode() not in first
        assert b"the-code" not in head
        assert stage.meta.app.secret.reveal().encode() not in head
        assert b"accept-encoding: identity" in rest.lower()
        assert b"cookie:" not in rest.lower()
    assert b"Authorization: Bearer EAAB-made-up-token" in heads[0]
    assert b"appsecret_proof=" not in heads[0]
    assert b"appsecret_proof=" in heads[1]


async def test_no_proxy_of_the_environment_is_obeyed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, await closed_port())
    async with (
        listening(saying(OK + b'Content-Length: 11\r\n\r\n{"data":[]}')) as url,
        HttpTransport.open() as own,
    ):
        answer = await own.call(Request(method="GET", url=url))
    assert (answer.status, answer.body) == (200, b'{"data":[]}')


async def test_no_redirect_is_followed() -> None:
    visited: list[bytes] = []

    async def elsewhere(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        visited.append(await reader.readuntil(b"\r\n\r\n"))

    async with listening(elsewhere) as target:
        away = b"HTTP/1.1 302 Found\r\nLocation: " + target.encode() + b"\r\nContent-Length: 0\r\n\r\n"
        async with listening(saying(away)) as url, HttpTransport.open() as own:
            assert (await own.call(Request(method="GET", url=url, token=TOKEN))).status == 302
    assert visited == []


async def test_no_address_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await stage.api.inspect(account(), TOKEN)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    assert "input_token" not in " ".join(ours)
    assert TOKEN.reveal() not in " ".join(ours)


async def test_an_error_of_the_transport_carries_no_request() -> None:
    async with HttpTransport.open() as own:
        with pytest.raises(NotSent) as failed:
            await own.call(Request(method="GET", url=await closed_port(), token=TOKEN, query={"a": "b"}))
    assert str(failed.value) == "ConnectError"
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None
    assert TOKEN.reveal() not in repr(
        Request(method="GET", url="u", token=TOKEN, query={"t": TOKEN.reveal()})
    )


async def test_a_cancelled_call_leaves_the_pool_usable() -> None:
    async with listening(silence) as hanging, HttpTransport.open() as own:
        for _ in range(120):  # more than there are connections
            task = asyncio.create_task(own.call(Request(method="GET", url=hanging)))
            await asyncio.sleep(0.002)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        async with listening(saying(OK + b"Content-Length: 2\r\n\r\n{}")) as url:
            assert (await own.call(Request(method="GET", url=url))).status == 200


async def test_when_every_connection_is_taken_nothing_is_sent() -> None:
    async with listening(silence) as hanging, HttpTransport.open() as own:
        waiting = [
            asyncio.create_task(own.call(Request(method="GET", url=hanging, deadline=4.0)))
            for _ in range(100)
        ]
        await asyncio.sleep(0.3)
        with pytest.raises(NotSent):
            await own.call(Request(method="POST", url=hanging, json={}))
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_the_deadline_counts_for_the_whole_call() -> None:
    begun = time.monotonic()
    async with listening(PARTIAL["a drip"]) as url, HttpTransport.open() as own:
        with pytest.raises(Lost):
            await own.call(Request(method="GET", url=url, deadline=0.3))
    assert time.monotonic() - begun < 1.0
