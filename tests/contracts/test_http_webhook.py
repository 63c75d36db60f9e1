"""The webhook over HTTP: what is answered to Meta, to forgers, and when the database is slow."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from meta_inbox.adapters.meta_graph.signature import HEADER, sign
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.secret import Secret
from tests.contracts.http_stage import APP_SECRET, VERIFY_TOKEN, HttpStage, signed, webhook_body

WEBHOOK = "/api/meta/webhook"
SCOPE: dict[str, Any] = {"type": "http", "path": WEBHOOK, "method": "POST", "headers": []}
BODY = webhook_body("Oi", "m_1", "7001", 1_790_000_000_000)


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


async def post(stage: HttpStage, body: bytes = BODY, headers: Any = None) -> httpx.Response:
    async with stage.client(anonymous=True) as meta:
        return await meta.post(WEBHOOK, content=body, headers=signed(body) if headers is None else headers)


async def test_a_signed_body_is_kept_and_acknowledged_with_nothing(stage: HttpStage) -> None:
    answer = await post(stage)
    assert (answer.status_code, answer.content) == (200, b"")
    assert [row.body for row in stage.store.journal.values()] == [BODY]


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "x" * 50])
async def test_how_the_body_is_declared_does_not_matter(stage: HttpStage, kind: str) -> None:
    assert (await post(stage, headers=signed(BODY) | {"Content-Type": kind})).status_code == 200


RIGHT = sign(BODY, APP_SECRET).decode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: RIGHT.upper()},
        {HEADER: RIGHT.replace("sha256", "sha1")},
        {HEADER: RIGHT[:-1]},
        {HEADER: RIGHT + "0"},
        {HEADER: RIGHT.removeprefix("sha256=")},
        {HEADER: sign(BODY, Secret("another")).decode()},
        {HEADER: b"sha256=\xe9"},
        [(HEADER, RIGHT), (HEADER, RIGHT)],
        {"X-Hub-Signature": RIGHT},
    ],
)
async def test_a_forged_signature_is_401_and_keeps_nothing(stage: HttpStage, headers: Any) -> None:
    answer = await post(stage, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "signature_invalid"
    assert not stage.store.journal


@pytest.mark.parametrize("changed", [BODY + b" ", BODY[:-1], BODY.replace(b"Oi", b"oi"), b""])
async def test_a_changed_body_is_401(stage: HttpStage, changed: bytes) -> None:
    assert (await post(stage, changed, signed(BODY))).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"object":"\xff\xfe"}',
        b"\xef\xbb\xbf{}",
        b'{"object":"page","entry":NaN}',
        b'{"object":"unheard-of"}',
        b'{"object":"page","entry":[{"id":1e999}]}',
        json.dumps({"object": "page", "entry": [{"id": "1001", "messaging": [None, 7, "x", {}]}]}).encode(),
    ],
)
async def test_a_signed_body_that_cannot_be_understood_is_kept_and_acknowledged(
    stage: HttpStage, body: bytes
) -> None:
    assert (await post(stage, body)).status_code == 200
    assert len(stage.store.journal) == 1


async def test_three_mebibytes_are_taken_and_one_byte_more_is_413(stage: HttpStage) -> None:
    largest = b"x" * (3 * 1024 * 1024)
    assert (await post(stage, largest)).status_code == 200
    refused = await post(stage, largest + b"x")
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
    assert len(stage.store.journal) == 1


async def test_a_body_without_a_declared_length_is_counted_as_it_comes(stage: HttpStage) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"x" * 262_144

    async with stage.client(anonymous=True) as meta:
        answer = await meta.post(WEBHOOK, content=endless(), headers={HEADER: RIGHT})
    assert answer.status_code == 413
    assert sent <= 14


async def test_a_body_in_one_piece_without_a_declared_length_is_counted_too(stage: HttpStage) -> None:
    statuses: list[int] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"x" * (3 * 1024 * 1024 + 1), "more_body": False}

    async def send(event: Any) -> None:
        if event["type"] == "http.response.start":
            statuses.append(event["status"])

    await stage.app(SCOPE, receive, send)
    assert statuses == [413]


async def test_a_body_in_pieces_is_put_together(stage: HttpStage) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(BODY), 7):
            yield BODY[start : start + 7]

    async with stage.client(anonymous=True) as meta:
        assert (await meta.post(WEBHOOK, content=pieces(), headers=signed(BODY))).status_code == 200
    assert [row.body for row in stage.store.journal.values()] == [BODY]


async def test_a_compressed_body_is_415_and_never_inflated(stage: HttpStage) -> None:
    body = gzip.compress(BODY)
    answer = await post(stage, body, signed(body) | {"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert (await post(stage, headers=signed(BODY) | {"Content-Encoding": "identity"})).status_code == 200


class Slow:
    """A use case that does not end, whatever is done to it."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def __call__(self, **_: object) -> None:
        while not self.ended.is_set():
            try:
                await self.ended.wait()
            except asyncio.CancelledError:
                continue


async def test_a_database_that_hangs_is_503_in_time_however_deaf_it_is() -> None:
    stage, slow = HttpStage(webhook_deadline=0.2), Slow()
    stage.replace_use_cases(receive_webhook_event=slow)
    loop = asyncio.get_running_loop()
    began = loop.time()
    answers: list[dict[str, Any]] = []
    answered = asyncio.Event()

    async def send(event: Any) -> None:
        answers.append(event)
        if event["type"] == "http.response.body":
            answered.set()

    async def receive() -> Any:
        return {"type": "http.request", "body": BODY}

    serving = asyncio.ensure_future(stage.app(SCOPE, receive, send))
    await asyncio.wait_for(answered.wait(), 2)
    assert loop.time() - began < 0.6
    assert answers[0]["status"] == 503
    assert (b"retry-after", b"1") in answers[0]["headers"]
    slow.ended.set()
    await serving
    assert len(answers) == 2


async def test_a_database_that_is_down_is_503_with_retry_after(stage: HttpStage) -> None:
    async def down(**_: object) -> None:
        raise StorageUnavailable("no connection to 10.0.0.7")

    stage.replace_use_cases(receive_webhook_event=down)
    answer = await post(stage)
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert answer.headers["retry-after"] == "1"
    assert "10.0.0.7" not in answer.text


async def test_what_nobody_foresaw_is_a_500_that_shows_nothing(stage: HttpStage) -> None:
    async def breaks(**_: object) -> None:
        raise RuntimeError("secret-canary")

    stage.replace_use_cases(receive_webhook_event=breaks)
    answer = await post(stage)
    assert answer.status_code == 500
    assert "secret-canary" not in answer.text
    assert len(answer.json()["trace_id"]) == 32


async def test_a_client_that_leaves_in_the_middle_is_answered_with_nothing(stage: HttpStage) -> None:
    events: list[Any] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return events.pop(0)

    async def send(event: Any) -> None:
        raise AssertionError(event)

    await stage.app(SCOPE, receive, send)
    assert not stage.store.journal


async def test_a_thousand_at_once_are_all_answered(stage: HttpStage) -> None:
    async with stage.client(anonymous=True) as meta:
        bodies = [webhook_body("Oi", f"m_{n}", "7001", 1_790_000_000_000) for n in range(1000)]
        answers = await asyncio.gather(
            *(meta.post(WEBHOOK, content=body, headers=signed(body)) for body in bodies)
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len(stage.store.journal) == 1000


async def verify(stage: HttpStage, **query: str) -> httpx.Response:
    given = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    async with stage.client(anonymous=True) as meta:
        return await meta.get(WEBHOOK, params=given | {f"hub.{name}": value for name, value in query.items()})


async def test_the_handshake_gives_the_challenge_back(stage: HttpStage) -> None:
    answer = await verify(stage)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"verify_token": "wrong"}, 403),
        ({"verify_token": ""}, 403),
        ({"verify_token": "é\ud800".encode("utf-8", "replace").decode()}, 403),
        ({"mode": "unsubscribe"}, 403),
        ({"verify_token": "wrong", "challenge": "<script>"}, 403),
        ({"challenge": "<script>"}, 400),
        ({"challenge": ""}, 400),
        ({"challenge": "x" * 129}, 400),
        ({"challenge": "a b"}, 400),
    ],
)
async def test_a_wrong_handshake_is_refused_and_the_token_is_judged_first(
    stage: HttpStage, query: dict[str, str], status: int
) -> None:
    answer = await verify(stage, **query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "<script>" not in answer.text


async def test_other_methods_are_405_and_say_what_is_allowed(stage: HttpStage) -> None:
    async with stage.client(anonymous=True) as meta:
        for method in ("PUT", "DELETE", "PATCH", "HEAD", "TRACE"):
            answer = await meta.request(method, WEBHOOK)
            assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_the_webhook_has_no_rate_limit() -> None:
    stage = HttpStage(rate_limit=1)
    assert {(await post(stage)).status_code for _ in range(30)} == {200}
