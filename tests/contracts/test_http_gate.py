"""What stands before every handler: who calls, from where, with what kind of body, how often."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from meta_inbox.adapters.http.bearer import BearerTokens
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.principal import Principal, Scope
from tests.contracts.http_stage import CRM, HttpStage

ACCOUNTS = "/api/meta/accounts"
COMPLETIONS = "/api/meta/oauth/completions"
SEND = "/api/meta/send-message"
EVIL = {"Origin": "https://evil.example"}
PUBLIC = {
    "/api/meta/deauthorize",
    "/api/meta/data-deletion",
    "/api/meta/data-deletion/{code}",
    "/api/meta/oauth/authorize",
    "/api/meta/oauth/callback",
    "/api/meta/oauth/callback/instagram",
    "/api/meta/oauth/callback.js",
    "/api/meta/oauth/callback.css",
    "/api/meta/schema/openapi.json",
    "/api/meta/webhook",
    "/api/meta/live",
    "/health/live",
    "/health/ready",
    "/metrics",
}


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


async def operations(stage: HttpStage) -> list[tuple[str, str]]:
    async with stage.client(anonymous=True) as caller:
        paths = (await caller.get("/api/meta/schema/openapi.json")).json()["paths"]
    return [(method.upper(), path) for path, item in paths.items() for method in item]


async def test_every_route_but_the_public_ones_needs_credentials(stage: HttpStage) -> None:
    guarded = [(method, path) for method, path in await operations(stage) if path not in PUBLIC]
    assert len(guarded) == 41
    async with stage.client(anonymous=True) as nobody:
        for method, path in guarded:
            for headers in ({}, {"Authorization": "Bearer nonsense"}):
                answer = await nobody.request(method, path, headers=headers)
                assert answer.status_code == 401, (method, path)
                assert answer.headers["www-authenticate"].startswith("Bearer")
                assert answer.json()["code"] == "unauthenticated"


async def test_nothing_of_a_body_is_read_before_the_caller_is_known(stage: HttpStage) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"{}"

    async with stage.client(anonymous=True) as nobody:
        answer = await nobody.post(SEND, content=body(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 401
    assert read == 0


OPEN = {"list_capabilities", "who_am_i"}
ACTING = {"show_typing", "react", "take_reaction_back", "control_thread"}
PROFILE = {"get_messenger_profile", "set_messenger_profile"}
CONVERSATIONS = {"list_conversations", "get_conversation", "list_messages", "mark_read"}
READING = {"list_accounts", "get_account", "get_media", "list_canned_replies", *CONVERSATIONS}
LIVE = {"make_ticket"}
COMMENTS = {"private_reply", "public_reply", "hide_comment"}
OUTCOMES = {"check_message", "resend_message"}
CANNED = {"create_canned_reply", "change_canned_reply", "delete_canned_reply"}
ANSWERING = {"send_message", "upload_media", *COMMENTS, *OUTCOMES, *ACTING}
SENDING = {"list_accounts", "get_account", *ANSWERING, *CANNED}
MANAGING = {"list_accounts", "get_account", "disconnect_account", "check_health", *PROFILE, "delete_contact"}
CONNECTING = {"start", "completions", "complete"}
TELLING = {
    "list_webhook_endpoints",
    "create_webhook_endpoint",
    "update_webhook_endpoint",
    "delete_webhook_endpoint",
    "rotate_webhook_secret",
    "test_webhook_endpoint",
    "list_webhook_deliveries",
    "replay_webhook_deliveries",
}


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        ("", set[str]()),
        ("messages:read", READING | LIVE),
        ("messages:send", SENDING),
        ("accounts:manage", MANAGING | CONNECTING),
        ("automation:manage", TELLING),
    ],
)
async def test_each_scope_opens_its_routes_and_no_others(
    stage: HttpStage, scopes: str, allowed: set[str]
) -> None:
    account = await stage.connects()
    bodies = {
        "send_message": {
            "account_id": account,
            "recipient_id": "7001",
            "message": {"type": "video", "url": "https://a.example/v"},
        },
        "private_reply": {"text": "x"},
        "public_reply": {"text": "x"},
        "show_typing": {"on": True},
        "react": {"reaction": "love"},
        "control_thread": {"action": "take"},
        "set_messenger_profile": {},
        "completions": {"completion": "x"},
        "complete": {"completion": "x"},
        "create_canned_reply": {"shortcut": "oi", "text": "Oi!"},
        "change_canned_reply": {},
        "create_webhook_endpoint": {"url": "https://crm.example/hooks"},
        "update_webhook_endpoint": {},
        "replay_webhook_deliveries": {"cursor": "1"},
    }
    async with stage.client(stage.token(scope=scopes)) as caller:
        paths = (await caller.get("/api/meta/schema/openapi.json")).json()["paths"]
        opened: set[str] = set()
        for path, item in paths.items():
            for method, operation in item.items():
                if path in PUBLIC:
                    continue
                url = path.replace("{account}", account).replace("{contact}", "7001")
                url = re.sub("{(media|message|endpoint|reply)}", account, url)
                name = operation["operationId"]
                answer = await caller.request(method, url, json=bodies.get(name))
                if answer.status_code == 403:
                    assert answer.json()["code"] == "scope_missing"
                else:
                    opened.add(name)
    assert opened == allowed | OPEN


async def test_a_hosts_own_identity_is_asked_and_its_nobody_is_401() -> None:
    seen: list[str | None] = []

    async def identity(request: Any) -> Principal | None:
        seen.append(request.headers.get("x-session"))
        return Principal(tenant_id="t", user_id="u") if request.headers.get("x-session") == "good" else None

    stage = HttpStage(identity=identity)
    async with stage.client(anonymous=True) as caller:
        good = await caller.get(ACCOUNTS, headers={"X-Session": "good"})
        bad = await caller.get(ACCOUNTS)
    assert (good.status_code, bad.status_code) == (200, 401)
    assert seen == ["good", None]


async def test_keys_that_cannot_be_had_are_503() -> None:
    async def down() -> bytes:
        raise OSError("unreachable")

    stage = HttpStage(identity=BearerTokens(fetch=down))
    token = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.e30.AA"
    async with stage.client(token) as caller:
        answer = await caller.get(ACCOUNTS)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp",
    "multipart/form-data; boundary=x", "application/json; charset=utf-16", "text/json"])  # fmt: skip
async def test_only_json_is_taken(stage: HttpStage, kind: str) -> None:
    async with stage.client() as caller:
        answer = await caller.post(COMPLETIONS, content=b'{"completion":"x"}', headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=utf-8"]
)
async def test_json_is_taken_however_it_is_written(stage: HttpStage, kind: str) -> None:
    async with stage.client() as caller:
        answer = await caller.post(COMPLETIONS, content=b'{"completion":"x"}', headers={"Content-Type": kind})
    assert answer.status_code == 404


async def test_a_compressed_body_is_never_inflated(stage: HttpStage) -> None:
    async with stage.client() as caller:
        answer = await caller.post(COMPLETIONS, json={}, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"7",
        b"[]",
        b'"x"',
        b"[" * 100_000,
        b'{"completion":' * 20_000,
        b'{"completion":' + b"[" * 100_000 + b'"\\u0000"',
        b'{"completion":' + b"[" * 900 + b'"\\u0000"' + b"]" * 900 + b"}",
        b'{"completion":"\xff"}',
        b'{"completion":"\\ud800"}',
        b'{"completion":"\\u0000"}',
        b'{"completion":"a\x00b"}',
        b'{"completion":NaN}',
        b'\xef\xbb\xbf{"completion":"x"}',
        '{"completion":"x"}'.encode("utf-16"),
        b'{"completion":"x"} x',
        b'{"completion":"x","\\u0000":1}',
        b'{"completion":' + b"9" * 10_000 + b"}",
        json.dumps({f"k{number}": number for number in range(50_000)}).encode(),
    ],
)
async def test_hostile_json_is_400(stage: HttpStage, body: bytes) -> None:
    async with stage.client() as caller:
        answer = await caller.post(COMPLETIONS, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 2000


async def test_a_body_over_a_mebibyte_is_413_declared_or_not(stage: HttpStage) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    headers = {"Content-Type": "application/json"}
    async with stage.client() as caller:
        declared = await caller.post(COMPLETIONS, content=b" " * 1_100_000, headers=headers)
        counted = await caller.post(COMPLETIONS, content=pieces(), headers=headers)
    assert [answer.json()["code"] for answer in (declared, counted)] == ["body_too_large"] * 2
    assert (declared.status_code, counted.status_code) == (413, 413)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"{CRM}.evil.example", f"{CRM}:8443", "*", ""]
)
async def test_a_foreign_origin_may_change_nothing(stage: HttpStage, origin: str) -> None:
    account = await stage.connects()
    async with stage.client() as caller:
        for method, path in (("POST", COMPLETIONS), ("DELETE", f"{ACCOUNTS}/{account}")):
            answer = await caller.request(method, path, headers={"Origin": origin})
            assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
        assert (await caller.get(f"{ACCOUNTS}/{account}")).json()["status"] == "active"


@pytest.mark.parametrize("origin", [CRM, "http://127.0.0.1:8000"])
async def test_the_front_end_may_call_and_read_the_answer(stage: HttpStage, origin: str) -> None:
    async with stage.client() as caller:
        answer = await caller.post(COMPLETIONS, json={"completion": "x"}, headers={"Origin": origin})
    assert answer.status_code == 404
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["vary"] == "Origin"


async def test_a_foreign_origin_is_never_told_that_it_may_read(stage: HttpStage) -> None:
    async with stage.client() as caller:
        answer = await caller.get(ACCOUNTS, headers=EVIL)
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_a_preflight_is_answered_for_the_front_end_alone(stage: HttpStage) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    async with stage.client(anonymous=True) as browser:
        good = await browser.options(SEND, headers={"Origin": CRM} | asked)
        bad = await browser.options(SEND, headers=EVIL | asked)
    assert good.status_code == 204
    assert good.headers["access-control-allow-origin"] == CRM
    assert "Idempotency-Key" in good.headers["access-control-allow-headers"]
    assert (bad.status_code, bad.json()["code"]) == (403, "origin_not_allowed")


async def test_every_answer_has_the_security_headers(stage: HttpStage) -> None:
    async with stage.client() as caller:
        answers = [
            await caller.get(ACCOUNTS),
            await caller.get("/nowhere"),
            await caller.put(ACCOUNTS),
            await caller.post(COMPLETIONS, headers=EVIL),
            await caller.get("/api/meta/oauth/callback"),
            await caller.post("/api/meta/webhook"),
            await caller.get("/api/meta/webhook"),
            await caller.get("/health/live"),
            await caller.options(SEND, headers={"Origin": CRM, "Access-Control-Request-Method": "POST"}),
        ]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff", answer.request.url
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors" in answer.headers["content-security-policy"]
        assert "*" not in answer.headers["content-security-policy"]
    assert f"frame-ancestors {CRM}" in answers[0].headers["content-security-policy"]
    assert answers[0].headers["cross-origin-opener-policy"] == "same-origin"


async def problems(stage: HttpStage) -> list[httpx.Response]:
    async with stage.client() as caller:
        return [
            await caller.get("/nowhere"),
            await caller.get("/api/meta/schema/other.json"),
            await caller.get(f"{ACCOUNTS}/%00"),
            await caller.get(f"{ACCOUNTS}/%ff%fe"),
            await caller.get(f"{ACCOUNTS}/{'x' * 5000}"),
            await caller.patch(ACCOUNTS),
            await caller.request("TRACE", ACCOUNTS),
            await caller.request("BREW", ACCOUNTS),
            await caller.get(f"{ACCOUNTS}?unknown=1"),
        ]


async def test_every_error_is_a_problem_with_a_stable_code(stage: HttpStage) -> None:
    answers = await problems(stage)
    assert [answer.status_code for answer in answers] == [404, 404, 404, 404, 404, 405, 405, 405, 400]
    for answer in answers:
        body = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert body.keys() == {"type", "title", "status", "detail", "code"}
        assert body["status"] == answer.status_code
        assert body["type"] == f"urn:meta-inbox:problem:{body['code']}"
    assert "GET" in answers[5].headers["allow"]


async def test_what_nobody_foresaw_shows_nothing_but_a_trace_id(stage: HttpStage) -> None:
    async def breaks(**_: object) -> None:
        raise RuntimeError("password=secret-canary")

    stage.replace_use_cases(list_accounts=breaks)
    async with stage.client() as caller:
        answer = await caller.get(ACCOUNTS)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "canary" not in answer.text
    assert len(answer.json()["trace_id"]) == 32


async def test_a_database_that_does_not_answer_is_503(stage: HttpStage) -> None:
    async def down(**_: object) -> None:
        raise StorageUnavailable("dsn=postgres://secret-canary")

    stage.replace_use_cases(list_accounts=down)
    async with stage.client() as caller:
        answer = await caller.get(ACCOUNTS)
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert answer.headers["retry-after"] == "1"
    assert "canary" not in answer.text


async def test_too_many_requests_are_429_and_say_when_to_come_back() -> None:
    stage = HttpStage(rate_limit=3)
    async with stage.client() as bea, stage.client(stage.token(user="rui")) as rui:
        answers = [await bea.get(ACCOUNTS) for _ in range(5)]
        other = await rui.get(ACCOUNTS)
        public = [await bea.get("/health/live") for _ in range(10)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[3].json()["code"] == "rate_limited"
    assert 1 <= int(answers[3].headers["retry-after"]) <= 120
    assert other.status_code == 200
    assert {answer.status_code for answer in public} == {200}


def test_scopes_of_the_contract_are_known() -> None:
    assert {"accounts:manage", "messages:read", "messages:send"} <= {scope.value for scope in Scope}
