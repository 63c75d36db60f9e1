"""Outgoing webhooks over HTTP: where events go, what became of them, and having them posted once more."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from meta_inbox.adapters.outgoing.signing import signed_headers
from meta_inbox.adapters.persistence.time_and_ids import SystemClock
from meta_inbox.domain.model.webhook_delivery import PAUSES, Posted
from meta_inbox.domain.model.webhook_endpoint import MOST_ENDPOINTS
from meta_inbox.domain.use_cases.try_webhook_endpoint import AT_ONCE
from tests.contracts.http_stage import HttpStage
from tests.unit.doubles import eventually

ENDPOINTS = "/api/meta/webhook-endpoints"
URL = "https://crm.example/hooks"
NOBODYS = "0199d2a0-6c1e-7b6f-9a5b-3f1f5d0c7e11"
RIVAL = "rival"


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


async def ask(
    stage: HttpStage, method: str, path: str, body: Any = None, tenant: str = "casa-verde"
) -> tuple[int, Any]:
    async with stage.client(stage.token(tenant)) as caller:
        answer = await caller.request(method, ENDPOINTS + path, json=body)
    return answer.status_code, answer.json() if answer.content else None


async def made(stage: HttpStage, **more: Any) -> dict[str, Any]:
    status, found = await ask(stage, "POST", "", {"url": URL} | more)
    assert status == 201, found
    endpoint: dict[str, Any] = found
    return endpoint


async def tells(stage: HttpStage) -> None:
    """What is due is posted."""
    await stage.inbox.upkeep.tell_endpoints()
    await stage.inbox.upkeep.drain(5)


async def test_an_endpoint_is_made_and_its_secret_told_once(stage: HttpStage) -> None:
    endpoint = await made(stage, types=["message.created"], description="leads")
    assert endpoint["secret"].startswith("whsec_")
    assert (endpoint["url"], endpoint["types"], endpoint["enabled"]) == (URL, ["message.created"], True)
    status, listed = await ask(stage, "GET", "")
    shown = {name: value for name, value in endpoint.items() if name != "secret"}
    assert (status, listed) == (200, {"endpoints": [shown]})


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/hooks", "https://[::1]/", "https://169.254.169.254/", "https://10.0.0.1/",
     "http://crm.example/", "https://user:word@crm.example/", "https://crm.example:0/"],
)  # fmt: skip
async def test_an_address_that_nothing_is_ever_posted_to_is_422(stage: HttpStage, url: str) -> None:
    status, refused = await ask(stage, "POST", "", {"url": url})
    assert (status, refused["code"]) == (422, "webhook_url_refused")
    endpoint = await made(stage)
    status, refused = await ask(stage, "PATCH", f"/{endpoint['id']}", {"url": url})
    assert (status, refused["code"]) == (422, "webhook_url_refused")


@pytest.mark.parametrize(
    "body",
    [{}, {"url": ""}, {"url": "ftp://crm.example/"}, {"url": f"https://{'a' * 3000}/"}, {"url": None},
     {"url": URL, "types": []}, {"url": URL, "types": ["ping"]}, {"url": URL, "types": "message.created"},
     {"url": URL, "description": "x" * 201}, {"url": URL, "description": "two\nlines"},
     {"url": URL, "secret": "whsec_mine"}],
)  # fmt: skip
async def test_a_wrong_shape_is_400(stage: HttpStage, body: dict[str, Any]) -> None:
    assert (await ask(stage, "POST", "", body))[0] == 400


async def test_there_may_be_so_many_and_no_more(stage: HttpStage) -> None:
    for _ in range(MOST_ENDPOINTS):
        await made(stage)
    status, refused = await ask(stage, "POST", "", {"url": URL})
    assert (status, refused["code"]) == (409, "too_many_endpoints")


async def test_what_is_given_is_changed(stage: HttpStage) -> None:
    endpoint = await made(stage, types=["message.created"])
    path = f"/{endpoint['id']}"
    for change, expected in (
        ({}, {}),
        ({"url": "https://other.example/"}, {"url": "https://other.example/"}),
        ({"types": None}, {"types": None}),
        ({"types": ["contact.updated"]}, {"types": ["contact.updated"]}),
        ({"description": "leads"}, {"description": "leads"}),
        ({"enabled": False}, {"enabled": False, "disabled_reason": "manual"}),
        ({"enabled": True}, {"enabled": True, "disabled_reason": None}),
    ):
        status, found = await ask(stage, "PATCH", path, change)
        endpoint |= expected
        assert (status, found | {"secret": endpoint["secret"]}) == (200, endpoint)
    for wrong in ({"url": None}, {"enabled": None}, {"enabled": "no"}, {"id": NOBODYS}):
        assert (await ask(stage, "PATCH", path, wrong))[0] == 400


async def test_a_new_secret_signs_beside_the_former_one(stage: HttpStage) -> None:
    endpoint = await made(stage)
    status, rotated = await ask(stage, "POST", f"/{endpoint['id']}/rotate-secret")
    assert status == 200
    assert rotated["secret"] != endpoint["secret"]
    await ask(stage, "POST", f"/{endpoint['id']}/test")
    assert [secret.reveal() for secret in stage.poster.secrets[-1]] == [rotated["secret"], endpoint["secret"]]


async def test_a_ping_tells_what_the_receiver_answered(stage: HttpStage) -> None:
    endpoint = await made(stage)
    stage.poster.outcomes = [Posted(status=401), Posted(error="timeout")]
    path = f"/{endpoint['id']}/test"
    assert await ask(stage, "POST", path) == (200, {"delivered": False, "status": 401, "error": None})
    assert await ask(stage, "POST", path) == (200, {"delivered": False, "status": None, "error": "timeout"})
    assert await ask(stage, "POST", path) == (200, {"delivered": True, "status": 204, "error": None})
    url, id_, body = stage.poster.posted[-1]
    headers = signed_headers(stage.poster.secrets[-1], id_, body, SystemClock().now())
    told = Webhook(endpoint["secret"]).verify(body, headers)
    assert (url, told["id"], told["type"], told["cursor"], told["data"]) == (URL, id_, "ping", None, {})


async def test_what_becomes_of_events_is_listed_without_their_content(stage: HttpStage) -> None:
    account = await stage.connects()
    endpoint = await made(stage)
    stage.poster.outcomes = [Posted(status=204), Posted(status=500)]
    await stage.contact_writes("a secret wish", mid="m_1")
    await stage.contact_writes("another", mid="m_2")
    await tells(stage)
    path = f"/{endpoint['id']}/deliveries"
    status, page = await ask(stage, "GET", path)
    assert status == 200
    waits, done = page["deliveries"]
    assert (done["state"], done["last_status"], done["attempts"]) == ("delivered", 204, 1)
    assert (waits["state"], waits["last_error"]) == ("pending", "http_status")
    assert waits["next_attempt_at"] is not None
    assert (done["account_id"], done["contact_id"], done["type"]) == (account, "7001", "message.created")
    assert done["event_id"] == stage.poster.posted[0][1]
    assert "secret wish" not in str(page)
    _, only = await ask(stage, "GET", f"{path}?state=delivered")
    assert only == {"deliveries": [done], "next_cursor": None}
    _, first = await ask(stage, "GET", f"{path}?limit=1")
    assert first == {"deliveries": [waits], "next_cursor": waits["cursor"]}
    _, second = await ask(stage, "GET", f"{path}?limit=1&cursor={first['next_cursor']}")
    assert second == {"deliveries": [done], "next_cursor": None}
    for wrong in (
        "?state=lost",
        "?cursor=0",
        "?cursor=x",
        f"?cursor={'9' * 19}",
        "?limit=0",
        "?tenant=rival",
    ):
        assert (await ask(stage, "GET", path + wrong))[0] == 400


async def test_events_are_posted_once_more(stage: HttpStage) -> None:
    await stage.connects()
    endpoint = await made(stage)
    path = f"/{endpoint['id']}/replay"
    stage.poster.outcomes = [Posted(status=204)] + [Posted(status=500)] * 9
    await stage.contact_writes("one", mid="m_1")
    await tells(stage)
    await stage.contact_writes("two", mid="m_2")
    for pause in (timedelta(), *PAUSES):
        stage.clock.advance(1.2 * pause + timedelta(seconds=1))
        await tells(stage)
    _, page = await ask(stage, "GET", f"/{endpoint['id']}/deliveries")
    failed, done = page["deliveries"]
    assert (failed["state"], done["state"]) == ("failed", "delivered")
    for body in ({"cursor": done["cursor"]}, {"failed_since": "2020-01-01T00:00:00Z"}):
        assert await ask(stage, "POST", path, body) == (202, {"replayed": 1})
        await tells(stage)
    assert [id_ for _, id_, _ in stage.poster.posted[-2:]] == [done["event_id"], failed["event_id"]]
    _, page = await ask(stage, "GET", f"/{endpoint['id']}/deliveries?state=delivered")
    assert len(page["deliveries"]) == 2
    assert await ask(stage, "POST", path, {"failed_since": "2020-01-01T00:00:00Z"}) == (202, {"replayed": 0})
    assert (await ask(stage, "POST", path, {"cursor": "99"}))[0] == 404


@pytest.mark.parametrize(
    "body",
    [{}, {"cursor": "1", "failed_since": "2020-01-01T00:00:00Z"}, {"cursor": 1}, {"cursor": "-1"},
     {"failed_since": "2020-01-01T00:00:00"}, {"failed_since": "yesterday"}, {"failed_since": None}],
)  # fmt: skip
async def test_what_is_to_be_replayed_is_said_in_one_way(stage: HttpStage, body: dict[str, Any]) -> None:
    endpoint = await made(stage)
    assert (await ask(stage, "POST", f"/{endpoint['id']}/replay", body))[0] == 400


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
async def test_any_time_is_one(stage: HttpStage, since: str) -> None:
    endpoint = await made(stage)
    found = await ask(stage, "POST", f"/{endpoint['id']}/replay", {"failed_since": since})
    assert found == (202, {"replayed": 0})


async def test_nothing_is_replayed_to_an_endpoint_that_is_off(stage: HttpStage) -> None:
    endpoint = await made(stage)
    await ask(stage, "PATCH", f"/{endpoint['id']}", {"enabled": False})
    status, refused = await ask(stage, "POST", f"/{endpoint['id']}/replay", {"cursor": "1"})
    assert (status, refused["code"]) == (409, "endpoint_disabled")


REQUESTS: list[tuple[str, str, Any]] = [
    ("PATCH", "", {"enabled": False}),
    ("DELETE", "", None),
    ("POST", "/rotate-secret", None),
    ("POST", "/test", None),
    ("GET", "/deliveries", None),
    ("POST", "/replay", {"cursor": "1"}),
]


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
async def test_another_tenants_endpoint_is_404_as_is_one_that_never_was(
    stage: HttpStage, method: str, path: str, body: Any
) -> None:
    endpoint = await made(stage)
    for id_, tenant in ((endpoint["id"], RIVAL), (NOBODYS, "casa-verde"), ("nonsense", "casa-verde")):
        status, refused = await ask(stage, method, f"/{id_}{path}", body, tenant)
        assert (status, refused["code"]) == (404, "not_found")
    assert (await ask(stage, "GET", "", None, RIVAL)) == (200, {"endpoints": []})
    assert stage.poster.posted == []


async def test_two_tests_of_a_tenant_are_under_way_and_no_more(stage: HttpStage) -> None:
    endpoint = await made(stage)
    _, other = await ask(stage, "POST", "", {"url": URL}, RIVAL)
    stage.poster.go.clear()
    path = f"/{endpoint['id']}/test"
    waiting = [asyncio.create_task(ask(stage, "POST", path)) for _ in range(2)]
    await eventually(lambda: len(stage.poster.posted) == 2)
    async with stage.client(stage.token("casa-verde")) as caller:
        refused = await caller.post(ENDPOINTS + path)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["retry-after"] == "5"
    waiting.append(asyncio.create_task(ask(stage, "POST", f"/{other['id']}/test", tenant=RIVAL)))
    await eventually(lambda: len(stage.poster.posted) == 3)
    stage.poster.go.set()
    assert [(await each)[0] for each in waiting] == [200] * 3
    assert (await ask(stage, "POST", path))[0] == 200


async def test_tests_of_all_tenants_are_no_more_than_there_is_room_for(stage: HttpStage) -> None:
    shops = [f"shop-{number}" for number in range(4)]
    endpoints = [(await ask(stage, "POST", "", {"url": URL}, shop))[1] for shop in shops]
    stage.poster.go.clear()
    paths = [f"/{endpoint['id']}/test" for endpoint in endpoints]
    waiting = [
        asyncio.create_task(ask(stage, "POST", path, tenant=shop))
        for shop, path in zip(shops[:3] * 2, paths[:3] * 2, strict=True)
    ]
    await eventually(lambda: len(stage.poster.posted) == AT_ONCE)
    assert (await ask(stage, "POST", paths[3], tenant=shops[3]))[0] == 429
    stage.poster.go.set()
    assert [(await each)[0] for each in waiting] == [200] * AT_ONCE


async def test_a_deleted_endpoint_is_gone(stage: HttpStage) -> None:
    endpoint = await made(stage)
    assert await ask(stage, "DELETE", f"/{endpoint['id']}") == (204, None)
    assert (await ask(stage, "DELETE", f"/{endpoint['id']}"))[0] == 404
    await stage.connects()
    await tells(stage)
    assert stage.poster.posted == []
