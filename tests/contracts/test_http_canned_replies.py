"""Canned replies over HTTP."""

from typing import Any

import httpx
import pytest

from meta_inbox.domain.model.canned_reply import MOST_CANNED_REPLIES
from tests.contracts.http_stage import HttpStage

REPLIES = "/api/meta/canned-replies"
UNKNOWN = f"{REPLIES}/01890000-0000-7000-8000-000000000000"
PIX = {"shortcut": "pix", "text": "Oi, {{contact.name}}! A chave é 123."}


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


async def ask(stage: HttpStage, method: str, path: str = REPLIES, body: Any = None) -> httpx.Response:
    async with stage.client() as caller:
        return await caller.request(method, path, json=body)


async def test_a_canned_reply_is_kept_changed_and_taken_away(stage: HttpStage) -> None:
    made = await ask(stage, "POST", body=PIX)
    assert made.status_code == 201
    reply = made.json()
    assert reply == PIX | {"id": reply["id"]}
    address = f"{REPLIES}/{reply['id']}"
    changed = await ask(stage, "PATCH", address, {"shortcut": "Chave"})
    assert (changed.status_code, changed.json()) == (200, reply | {"shortcut": "Chave"})
    assert (await ask(stage, "PATCH", address, {})).json() == changed.json()
    first = (await ask(stage, "POST", body={"shortcut": "a", "text": "b"})).json()
    assert (await ask(stage, "GET")).json() == {"canned_replies": [first, changed.json()]}
    gone = await ask(stage, "DELETE", address)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await ask(stage, "DELETE", address)).status_code == 404
    assert (await ask(stage, "GET")).json() == {"canned_replies": [first]}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"shortcut": ""}, "shortcut_invalid"),
        ({"shortcut": "a b"}, "shortcut_invalid"),
        ({"shortcut": "x" * 33}, "shortcut_invalid"),
        ({"text": " "}, "text_empty"),
        ({"text": "x" * 2001}, "text_too_long"),
        ({"text": "{{contact.phone}}"}, "unknown_field"),
    ],
)
async def test_what_cannot_be_kept_is_422(stage: HttpStage, change: dict[str, str], code: str) -> None:
    made = (await ask(stage, "POST", body=PIX)).json()
    for answer in (
        await ask(stage, "POST", body={"shortcut": "new", "text": "Oi"} | change),
        await ask(stage, "PATCH", f"{REPLIES}/{made['id']}", change),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await ask(stage, "GET")).json() == {"canned_replies": [made]}


async def test_a_shortcut_that_is_taken_is_409(stage: HttpStage) -> None:
    await ask(stage, "POST", body=PIX)
    other = (await ask(stage, "POST", body=PIX | {"shortcut": "other"})).json()
    for answer in (
        await ask(stage, "POST", body=PIX | {"shortcut": "PIX"}),
        await ask(stage, "PATCH", f"{REPLIES}/{other['id']}", {"shortcut": "Pix"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "shortcut_taken")


async def test_one_more_than_a_tenant_may_have_is_409(stage: HttpStage) -> None:
    async with stage.client() as caller:
        for number in range(MOST_CANNED_REPLIES):
            stage.passes(minutes=1)
            made = await caller.post(REPLIES, json={"shortcut": f"s{number}", "text": "Oi"})
            assert made.status_code == 201
        answer = await caller.post(REPLIES, json=PIX)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_canned_replies")


@pytest.mark.parametrize("path", [UNKNOWN, f"{REPLIES}/nonsense"])
async def test_one_that_is_not_there_is_404(stage: HttpStage, path: str) -> None:
    assert (await ask(stage, "PATCH", path, {"text": "x"})).status_code == 404
    assert (await ask(stage, "DELETE", path)).status_code == 404


async def test_another_tenant_sees_and_changes_nothing(stage: HttpStage) -> None:
    made = (await ask(stage, "POST", body=PIX)).json()
    async with stage.client(stage.token("rival")) as rival:
        assert (await rival.get(REPLIES)).json() == {"canned_replies": []}
        assert (await rival.patch(f"{REPLIES}/{made['id']}", json={"text": "x"})).status_code == 404
        assert (await rival.delete(f"{REPLIES}/{made['id']}")).status_code == 404
    assert (await ask(stage, "GET")).json() == {"canned_replies": [made]}


@pytest.mark.parametrize(
    "body",
    [{}, {"shortcut": "a"}, {"text": "a"}, PIX | {"id": "x"}, PIX | {"text": None}, PIX | {"shortcut": 1}],
)
async def test_a_wrong_shape_is_400(stage: HttpStage, body: dict[str, Any]) -> None:
    assert (await ask(stage, "POST", body=body)).status_code == 400


async def test_each_address_says_what_it_takes(stage: HttpStage) -> None:
    assert (await ask(stage, "OPTIONS")).headers["allow"] == "GET, POST, OPTIONS"
    assert (await ask(stage, "OPTIONS", UNKNOWN)).headers["allow"] == "DELETE, PATCH, OPTIONS"
