"""Texts over the limit over HTTP: refused, or sent in parts when that is asked for."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from meta_inbox.domain.model.message import SendError
from meta_inbox.domain.model.sending import Failed, Later, Unknown
from tests.contracts.http_stage import HttpStage

SEND = "/api/meta/send-message"
LONG = "a" * 1500 + "\n" + "b" * 1500
OOPS = SendError(code="recipient_unavailable", detail="Meta said no", meta_code=551, fbtrace_id="A1")


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


@pytest.fixture
async def account(stage: HttpStage) -> str:
    account = await stage.connects()
    await stage.contact_writes("Tem pão?")
    return account


async def send(stage: HttpStage, account: str, text: str = LONG, **more: Any) -> httpx.Response:
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else None
    body = {"account_id": account, "recipient_id": "7001", "message": {"type": "text", "text": text}}
    async with stage.client() as caller:
        return await caller.post(SEND, json=body | {"split": True} | more, headers=headers)


async def test_a_long_text_is_one_message_with_its_parts(stage: HttpStage, account: str) -> None:
    answer = await send(stage, account)
    assert answer.status_code == 201, answer.text
    message = answer.json()
    assert (message["text"], message["type"], message["status"]) == (LONG, "text", "sent")
    assert message["message_id"] == "m_sent_1"
    assert message["parts"] == [
        {"index": 0, "text": "a" * 1500, "message_id": "m_sent_1", "status": "sent", "error": None},
        {"index": 1, "text": "b" * 1500, "message_id": "m_sent_2", "status": "sent", "error": None},
    ]
    async with stage.client() as caller:
        listed = (await caller.get(f"/api/meta/messages/{account}/7001")).json()["messages"]
        [talk] = (await caller.get(f"/api/meta/conversations/{account}")).json()["conversations"]
    assert listed[0] == talk["last_message"] == message
    assert len(listed) == 2


async def test_without_the_wish_it_is_refused(stage: HttpStage, account: str) -> None:
    answer = await send(stage, account, split=False)
    assert (answer.status_code, answer.json()["code"]) == (422, "text_too_long")
    assert "3001 characters; at most 2000" in answer.json()["detail"]
    assert stage.graph.sent == []


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        ("x" * 40_001, "text_too_long", "at most 40000"),
        ("x " + "e" + "\u0301" * 2000, "text_too_long", "one character alone"),
        (("y" * 1001 + " ") * 21, "text_too_long", "21 parts; it can be sent in at most 20"),
        (" " * 3000, "text_empty", "empty"),
    ],
)
async def test_what_does_not_go_in_parts_is_refused(
    stage: HttpStage, account: str, text: str, code: str, detail: str
) -> None:
    answer = await send(stage, account, text)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert detail in answer.json()["detail"]
    assert "message" not in answer.json()
    assert stage.graph.sent == []


async def test_a_short_text_has_no_parts(stage: HttpStage, account: str) -> None:
    message = (await send(stage, account, "Olá!")).json()
    assert (message["text"], message["parts"]) == ("Olá!", [])


async def test_a_refusal_names_each_part(stage: HttpStage, account: str) -> None:
    stage.graph.outcome = Failed(error=OOPS)
    answer = await send(stage, account)
    assert (answer.status_code, answer.json()["code"]) == (409, "recipient_unavailable")
    message = answer.json()["message"]
    assert (message["status"], message["error"]["meta_code"]) == ("failed", 551)
    assert [part["error"]["code"] for part in message["parts"]] == ["recipient_unavailable", "part_not_sent"]
    assert len(stage.graph.sent) == 1


@pytest.mark.parametrize(
    ("outcome", "states"),
    [
        (Unknown(error=OOPS), ["unknown", "queued"]),
        (Later(error=OOPS, after=timedelta(seconds=9)), ["queued", "queued"]),
    ],
)
async def test_what_has_not_gone_yet_is_202(
    stage: HttpStage, account: str, outcome: Unknown | Later, states: list[str]
) -> None:
    stage.graph.outcome = outcome
    answer = await send(stage, account)
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert [part["status"] for part in answer.json()["parts"]] == states


async def test_the_same_key_is_answered_the_same_and_sends_once(stage: HttpStage, account: str) -> None:
    first, again = [await send(stage, account, key="k-1") for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len(stage.graph.sent) == 2
    other = await send(stage, account, key="k-1", split=False)
    assert other.json()["code"] == "key_reused"
