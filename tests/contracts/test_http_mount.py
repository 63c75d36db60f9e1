"""The app inside other apps, with and without a lifespan, and what operators see of it."""

import re
from typing import Any

import httpx
import pytest
import structlog
from litestar import Litestar, asgi
from litestar.types import Receive, Scope, Send

from meta_inbox.adapters.http.asgi import Receive as AnyReceive
from meta_inbox.adapters.http.asgi import Send as AnySend
from meta_inbox.domain.model.health import Condition
from tests.contracts.http_stage import HttpStage, signed, webhook_body

ACCOUNTS = "/api/meta/accounts"


class Mounted:
    """What Starlette (old and new), Django and a proxy make of a mount at ``/x``."""

    def __init__(self, app: Any, *, keeps_path: bool, tells_root: bool) -> None:
        self._app, self._keeps_path, self._tells_root = app, keeps_path, tells_root

    async def __call__(self, scope: Any, receive: AnyReceive, send: AnySend) -> None:
        inner = dict(scope)
        if not self._keeps_path:
            inner["path"] = scope["path"].removeprefix("/x")
        if self._tells_root:
            inner["root_path"] = "/x"
        await self._app(inner, receive, send)


async def all_kinds(app: Any, token: str, base: str = "http://host.example/x") -> list[int]:
    body = webhook_body("Oi", "m_1", "7001", 1_790_000_000_000)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base) as caller:
        answers = [
            await caller.get(ACCOUNTS, headers={"Authorization": f"Bearer {token}"}),
            await caller.get(ACCOUNTS),
            await caller.post("/api/meta/webhook", content=body, headers=signed(body)),
            await caller.get("/api/meta/webhook"),
            await caller.get("/health/live"),
            await caller.get("/api/meta/nowhere"),
        ]
    return [answer.status_code for answer in answers]


EXPECTED = [200, 401, 200, 403, 200, 404]


@pytest.mark.parametrize(("keeps_path", "tells_root"), [(True, True), (False, True), (False, False)])
async def test_it_works_under_a_mount(keeps_path: bool, tells_root: bool) -> None:
    stage = HttpStage()
    app = Mounted(stage.app, keeps_path=keeps_path, tells_root=tells_root)
    assert await all_kinds(app, stage.token()) == EXPECTED


async def test_it_works_under_the_framework_it_is_made_of() -> None:
    stage = HttpStage()

    @asgi("/x", is_mount=True, copy_scope=True)
    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        app: Any = stage.app
        await app(scope, receive, send)

    host = Litestar([mounted], openapi_config=None, logging_config=None)
    assert await all_kinds(host, stage.token()) == EXPECTED


async def test_a_hosts_scope_is_left_as_it_was() -> None:
    stage = HttpStage()
    state = {"db": object(), "_ls_connection_state": object()}
    kept = dict(state)
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": ACCOUNTS,
        "raw_path": ACCOUNTS.encode(),
        "query_string": b"",
        "headers": [],
        "state": state,
        "app": "the host",
    }
    before = dict(scope)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    statuses: list[int] = []

    async def send(event: Any) -> None:
        if event["type"] == "http.response.start":
            statuses.append(event["status"])

    await stage.app(scope, receive, send)
    assert scope == before
    assert state == kept
    assert statuses == [401]


async def test_a_lifespan_is_answered_though_none_is_needed() -> None:
    told: list[str] = []
    events = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> Any:
        return {"type": next(events)}

    async def send(event: Any) -> None:
        told.append(event["type"])

    await HttpStage().app({"type": "lifespan"}, receive, send)
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_websocket_is_refused_before_it_opens() -> None:
    told: list[str] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(event: Any) -> None:
        told.append(event["type"])

    scope: dict[str, Any] = {
        "type": "websocket",
        "path": "/api/meta/live",
        "query_string": b"",
        "headers": [],
    }
    await HttpStage().app(scope, receive, send)
    assert told == ["websocket.close"]


async def test_the_document_names_the_mount() -> None:
    stage = HttpStage(base_url="https://crm.example/x/api/meta")
    async with stage.client() as caller:
        found = (await caller.get("/api/meta/schema/openapi.json")).json()
    assert found["servers"] == [{"url": "/x"}]


GOOD = Condition(name="database", ok=True, fatal=True, detail="it answers")


@pytest.mark.parametrize(
    ("conditions", "status", "word"),
    [
        ([GOOD], 200, "ok"),
        ([GOOD, Condition(name="jobs", ok=False, fatal=False, detail="late")], 200, "degraded"),
        ([Condition(name="database", ok=False, fatal=True, detail="silent")], 503, None),
    ],
)
async def test_readiness_is_503_for_fatal_faults_alone(
    conditions: list[Condition], status: int, word: str | None
) -> None:
    stage = HttpStage()
    stage.readiness.found = conditions
    async with stage.client(anonymous=True) as caller:
        answer = await caller.get("/health/ready")
        alive = await caller.get("/health/live")
    assert answer.status_code == status
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert answer.json()["checks"][conditions[-1].name] == {
        "ok": conditions[-1].ok,
        "detail": conditions[-1].detail,
    }
    if word is None:
        assert (answer.json()["code"], answer.headers["retry-after"]) == ("not_ready", "1")
    else:
        assert answer.json()["status"] == word


async def test_metrics_count_by_route_and_name_no_tenant_and_no_account() -> None:
    stage = HttpStage()
    account = await stage.connects()
    await stage.contact_writes()
    async with stage.client() as caller:
        for _ in range(3):
            await caller.get(f"{ACCOUNTS}/{account}")
        await caller.get("/wp-login.php")
        await caller.request("BREW", ACCOUNTS)
        await caller.post("/api/meta/webhook", content=b"{}")
        found = await caller.get("/metrics")
    text = found.text
    route = f"{ACCOUNTS}/{{account}}"
    assert f'meta_inbox_http_requests_total{{method="GET",route="{route}",status="200"}} 3.0' in text
    assert 'meta_inbox_http_requests_total{method="GET",route="(unmatched)",status="404"} 1.0' in text
    assert 'meta_inbox_webhooks_total{status="200"} 1.0' in text
    assert 'meta_inbox_webhooks_total{status="401"} 1.0' in text
    assert found.headers["content-type"].startswith("text/plain; version=0.0.4")
    told = [line.rpartition(" ")[0] if line[0] != "#" else line for line in text.splitlines()]
    for secret in (account, "casa-verde", "wp-login", "BREW", "7001"):
        assert secret not in "\n".join(told)  # without the values: the digits of a time may be any


async def test_no_secret_is_in_any_log_line() -> None:
    stage = HttpStage()
    with structlog.testing.capture_logs() as lines:
        async with stage.client() as caller:
            browser = await stage.leaves(caller)
            assert stage.login.state is not None
            state = stage.login.state.reveal()
            cookie = browser.cookies["meta_inbox_browser"]
            page = await stage.returns(browser, code="code-canary")
            completion = page.text.split("#completion=")[1].split('"')[0]
            await caller.post("/api/meta/oauth/complete", json={"completion": completion})
            await caller.get("/api/meta/webhook?hub.mode=subscribe&hub.verify_token=verify-canary")
            await caller.get(f"/api/meta/{state}?access_token=query-canary")
            await caller.get(f"{ACCOUNTS}/path-canary?limit=query-canary")
            await stage.contact_writes("text-canary")
    logged = repr(lines)
    assert len(lines) >= 7
    for secret in (state, cookie, completion, stage.token()):
        assert secret not in logged
    assert "canary" not in logged
    assert all(re.fullmatch("[0-9a-f]{32}", line["trace_id"]) for line in lines)


async def test_a_log_line_tells_route_status_and_time() -> None:
    stage = HttpStage()
    with structlog.testing.capture_logs() as lines:
        async with stage.client() as caller:
            await caller.get(ACCOUNTS)
    [line] = lines
    assert (line["event"], line["method"], line["route"], line["status"]) == ("request", "GET", ACCOUNTS, 200)
    assert line["ms"] >= 0


async def test_the_trace_id_of_a_500_is_in_the_log_with_the_reason() -> None:
    async def breaks(**_: object) -> None:
        raise RuntimeError("why")

    stage = HttpStage()
    stage.replace_use_cases(list_accounts=breaks)
    with structlog.testing.capture_logs() as lines:
        async with stage.client() as caller:
            answer = await caller.get(ACCOUNTS)
    [failure] = [line for line in lines if line["event"] == "request_failed"]
    assert failure["trace_id"] == answer.json()["trace_id"]
    assert isinstance(failure["exc_info"], RuntimeError)
