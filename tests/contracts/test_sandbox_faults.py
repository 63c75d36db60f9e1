"""Each fault of the sandbox is one on the wire, and says truly whether the send was accepted."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from tests.contracts.sandbox_stage import CASA_VERDE, Stage, staged


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with staged() as opened:
        yield opened


def texts(stage: Stage) -> list[str]:
    bodies = [json.loads(body) for body in stage.callback.bodies]
    events = [event for body in bodies for entry in body["entry"] for event in entry["messaging"]]
    return [event["message"]["text"] for event in events]


async def plan(stage: Stage, **fault: Any) -> tuple[str, str]:
    """A fault on the next send; the Page's token, and a contact to send to."""
    token, contact = await stage.page_token(), await stage.contact()
    assert (await stage.play("POST", "faults", {"endpoint": "messages"} | fault)).is_success
    return token, contact


async def accepted(stage: Stage) -> int:
    return len((await stage.play("GET", "ledger")).json())


@pytest.mark.parametrize(("kind", "sends"), [("drop", 0), ("accept_then_reset", 1)])
async def test_a_connection_is_closed_without_an_answer(stage: Stage, kind: str, sends: int) -> None:
    token, contact = await plan(stage, kind=kind)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await stage.send(token, contact)
    assert await accepted(stage) == sends
    assert (await stage.send(token, contact)).is_success


async def test_a_send_is_accepted_and_never_answered(stage: Stage) -> None:
    token, contact = await plan(stage, kind="accept_then_hang")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await stage.send(token, contact)
    assert await accepted(stage) == 1
    await stage.sandbox.courier.idle()
    assert texts(stage) == ["Oi!", "Olá!"]


async def test_an_echo_may_overtake_its_answer(stage: Stage) -> None:
    token, contact = await plan(stage, kind="answer_late", seconds=0.3)
    sending = asyncio.create_task(stage.send(token, contact))
    await asyncio.sleep(0.15)
    await stage.sandbox.courier.idle()
    assert texts(stage) == ["Oi!", "Olá!"]
    assert not sending.done()
    assert (await sending).is_success


async def test_a_delayed_send_happens_after_the_wait(stage: Stage) -> None:
    token, contact = await plan(stage, kind="delay", seconds=0.2)
    sending = asyncio.create_task(stage.send(token, contact))
    await asyncio.sleep(0.1)
    assert await accepted(stage) == 0
    assert (await sending).is_success


async def test_a_gateway_answers_html_and_a_broken_one_half_of_the_json(stage: Stage) -> None:
    token, contact = await plan(stage, kind="html_503")
    gateway = await stage.send(token, contact)
    assert (gateway.status_code, gateway.headers["content-type"]) == (503, "text/html")
    assert await accepted(stage) == 0
    await stage.play("POST", "faults", {"endpoint": "messages", "kind": "bad_json"})
    broken = await stage.send(token, contact)
    assert (broken.status_code, broken.content) == (200, b"{")
    assert await accepted(stage) == 1


async def test_a_refusal_has_the_code_that_was_asked_for(stage: Stage) -> None:
    token, contact = await plan(stage, kind="refuse", code=190, subcode=463, status=401)
    answer = await stage.send(token, contact)
    assert answer.status_code == 401
    assert answer.json()["error"]["error_subcode"] == 463


async def test_throttling_says_how_long_and_ends_after_its_count(stage: Stage) -> None:
    token, contact = await plan(stage, kind="throttle", count=2, seconds=90)
    for _ in range(2):
        answer = await stage.send(token, contact)
        assert answer.json()["error"]["code"] == 613
        (usage,) = json.loads(answer.headers["x-business-use-case-usage"])[CASA_VERDE]
        assert usage["estimated_time_to_regain_access"] == 2
        assert usage["call_count"] == 100
        assert "x-app-usage" not in answer.headers
    assert (await stage.send(token, contact)).is_success


async def test_a_fault_without_a_count_lasts_until_it_is_cleared(stage: Stage) -> None:
    token, contact = await plan(stage, kind="html_503", count=None)
    assert [(await stage.send(token, contact)).status_code for _ in range(3)] == [503] * 3
    await stage.play("DELETE", "faults?endpoint=messages")
    assert (await stage.send(token, contact)).is_success


async def test_a_drip_comes_a_byte_at_a_time_and_a_redirect_leads_away(stage: Stage) -> None:
    token, contact = await plan(stage, kind="drip", seconds=0.02)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await stage.send(token, contact)
    assert await accepted(stage) == 1
    await stage.play("POST", "faults", {"endpoint": "messages", "kind": "redirect"})
    assert (await stage.send(token, contact)).status_code == 302


async def test_an_endless_answer_ends_when_the_caller_has_enough(stage: Stage) -> None:
    token, _ = await plan(stage, kind="drop")
    await stage.play("DELETE", "faults")
    await stage.play("POST", "faults", {"endpoint": "me", "kind": "endless"})
    proof = {"appsecret_proof": stage.world.access.proof(token)}
    headers = {"Authorization": f"Bearer {token}"}
    read = 0
    async with stage.http.stream("GET", f"{stage.url}/me", params=proof, headers=headers) as answer:
        async for chunk in answer.aiter_raw():
            read += len(chunk)
            if read > 1_000_000:
                break
    assert (await stage.call("GET", "me", token)).json()["id"] == CASA_VERDE


async def test_the_dialog_can_fail_as_well(stage: Stage) -> None:
    await stage.play("POST", "faults", {"endpoint": "dialog", "kind": "html_503"})
    assert (await stage.http.get(stage.dialog_url())).status_code == 503
    assert (await stage.http.get(stage.dialog_url())).status_code == 200


async def test_chaos_reigns_until_it_is_ended_and_says_what_it_did(stage: Stage) -> None:
    token, contact = await plan(stage, kind="drop")
    await stage.play("DELETE", "faults")
    mishaps = [{"kind": "accept_then_500", "weight": 2}, {"kind": "refuse", "code": 1}]
    begun = await stage.play("POST", "chaos", {"rate": 1, "seed": 3, "mishaps": mishaps})
    assert begun.json()[0]["endpoint"] == "messages"
    statuses = {(await stage.send(token, contact)).status_code for _ in range(20)}
    assert statuses == {500}
    met = (await stage.play("GET", "chaos")).json()["met"]
    assert met["accept_then_500"] + met["refuse 1"] == 20
    assert await accepted(stage) == met["accept_then_500"]
    await stage.play("DELETE", "chaos?endpoint=messages")
    assert (await stage.send(token, contact)).is_success
    assert (await stage.play("GET", "chaos")).json() == {"reigning": [], "met": met}


async def test_chaos_at_an_unknown_endpoint_is_refused(stage: Stage) -> None:
    assert (await stage.play("POST", "chaos", {"rate": 0.5, "endpoint": "moon"})).status_code == 400


async def test_all_that_goes_wrong_is_seen_and_ended_at_once(stage: Stage) -> None:
    token, contact = await plan(stage, kind="drop", count=None)
    await stage.play("POST", "chaos", {"rate": 1})
    await stage.play("PATCH", "quirks", {"sends_a_second": 1})
    seen = (await stage.play("GET", "troubles")).json()
    assert seen["faults"][0]["fault"]["kind"] == "drop"
    assert seen["chaos"]["reigning"][0]["rate"] == 1
    assert seen["quirks"] == {"sends_a_second": 1}
    assert (await stage.play("DELETE", "troubles")).is_success
    ended = (await stage.play("GET", "troubles")).json()
    assert (ended["faults"], ended["chaos"]["reigning"], ended["quirks"]) == ([], [], {})
    for _ in range(3):
        assert (await stage.send(token, contact)).is_success


async def test_faults_of_one_kind_are_ended_alone(stage: Stage) -> None:
    token, contact = await plan(stage, kind="drop", count=None)
    await stage.play("POST", "faults", {"endpoint": "messages", "kind": "refuse"})
    await stage.play("DELETE", "faults?endpoint=messages&kind=drop")
    assert (await stage.send(token, contact)).status_code == 500
    assert (await stage.play("DELETE", "faults?kind=explode")).status_code == 400
